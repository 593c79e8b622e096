//! What can be wrong with a value: each of its parts replaced by something else, or left out.

use serde_json::{Value, json};

/// What stands in place of any value, one after the other.
fn wrong_values() -> Vec<Value> {
    let deep = (0..100).fold(json!({}), |inner, _| json!([inner]));
    vec![
        json!(null),
        json!(true),
        json!(-1),
        json!(u64::MAX),
        json!(1.5e300),
        json!("\u{1b}[31m\u{202e}x"),
        json!([]),
        json!([null, 7, {}]),
        json!({}),
        json!({ "": { "id": [] } }),
        deep,
    ]
}

/// The value with one of its parts replaced or left out, for each part and each wrong value.
pub fn mutations(whole: &Value) -> Vec<Value> {
    let mut paths = Vec::new();
    collect_paths(whole, String::new(), &mut paths);
    let mut mutated = Vec::new();
    for path in paths.iter().filter(|path| !path.is_empty()) {
        for wrong in wrong_values() {
            let mut copy = whole.clone();
            *copy.pointer_mut(path).expect("the part") = wrong;
            mutated.push(copy);
        }
        let (parent, key) = path.rsplit_once('/').expect("a path");
        let mut copy = whole.clone();
        if let Some(Value::Object(fields)) = copy.pointer_mut(parent) {
            fields.remove(&key.replace("~1", "/").replace("~0", "~"));
            mutated.push(copy);
        }
    }
    mutated
}

fn collect_paths(value: &Value, path: String, paths: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let key = key.replace('~', "~0").replace('/', "~1");
                collect_paths(value, format!("{path}/{key}"), paths);
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().take(2).enumerate() {
                collect_paths(value, format!("{path}/{index}"), paths);
            }
        }
        _ => {}
    }
    paths.push(path);
}

/// Cases that are called what they are.
pub fn by_their_text(values: Vec<Value>) -> impl Iterator<Item = (String, Value)> {
    values.into_iter().map(|value| (value.to_string(), value))
}
