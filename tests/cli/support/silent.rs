//! Ports that let nobody in: to connect takes for ever, or what is said there is never answered.
//!
//! Not for answers that are held (`server.rs`).

use std::io::Read;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::board::Board;
use super::times::wait_until;

/// A port whose queue of connections is full: to connect takes for ever.
pub struct Overrun {
    address: SocketAddr,
    _socket: TcpListener,
    _waiting: Vec<TcpStream>,
}

impl Overrun {
    /// A free port of 127.0.0.1.
    pub fn new() -> Overrun {
        let socket = TcpListener::bind("127.0.0.1:0").expect("a free loopback port");
        rustix::net::listen(&socket, 0).expect("a shorter queue");
        let address = socket.local_addr().expect("its number");
        let brief = Duration::from_millis(100);
        let mut waiting = Vec::new();
        while let Ok(stream) = TcpStream::connect_timeout(&address, brief) {
            waiting.push(stream);
            assert!(waiting.len() < 100, "the queue of connections never fills");
        }
        Overrun {
            address,
            _socket: socket,
            _waiting: waiting,
        }
    }

    /// What stands as `site` in the rc file.
    pub fn site(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Waits until somebody tries to connect.
    #[track_caller]
    pub fn wait_tried(&self) {
        // A connection of which only the first packet was sent, in hexadecimal as everything there.
        let port = format!(":{:04X} 02 ", self.address.port());
        wait_until("somebody to connect", || {
            let sockets = std::fs::read_to_string("/proc/net/tcp").expect("the sockets");
            sockets.contains(&port)
        });
    }
}

/// A port where nobody ever answers.
pub struct Mute {
    address: SocketAddr,
    heard: Arc<Board<usize>>,
}

impl Mute {
    /// A free port of 127.0.0.1.
    pub fn new() -> Mute {
        let socket = TcpListener::bind("127.0.0.1:0").expect("a free loopback port");
        let address = socket.local_addr().expect("its number");
        let heard = Arc::new(Board::new(0));
        let ours = Arc::clone(&heard);
        thread::spawn(move || {
            // Until the client hangs up.
            for mut stream in socket.incoming().flatten() {
                let heard = Arc::clone(&ours);
                thread::spawn(move || {
                    while stream.read(&mut [0; 4096]).is_ok_and(|count| count > 0) {
                        heard.update(|times| *times += 1);
                    }
                });
            }
        });
        Mute { address, heard }
    }

    /// What stands as `site` in the rc file.
    pub fn site(&self) -> String {
        format!("https://{}", self.address)
    }

    /// Waits until somebody has said something.
    #[track_caller]
    pub fn wait_heard(&self) {
        self.heard
            .wait("something to be said", |times| (*times > 0).then_some(()));
    }
}
