//! The sockets of a test's server: a free loopback port, two threads for each connection.
//!
//! Not for what is answered: that is the `Service`.

use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;

use super::http::{Request, Requests};
use super::reply::{After, Ending, Reply, end};

/// Decides about the answers. Its methods run on the server's threads.
pub trait Service: Send + Sync + 'static {
    /// The answer to a request; blocks while it is held. None if the client has gone meanwhile, or the server ends.
    fn answer(&self, request: Request) -> Option<Reply>;
    /// The client of this connection has closed it, perhaps while an answer is held.
    fn hung_up(&self, connection: usize);
    /// The server ends: nothing may be held any longer.
    fn stop(&self);
}

/// A port that is served until this is dropped.
pub struct Listener {
    address: SocketAddr,
    shared: Arc<Shared>,
    service: Arc<dyn Service>,
}

#[derive(Debug, Default)]
struct Shared {
    stopping: AtomicBool,
    accepted: AtomicUsize,
    open: Mutex<Vec<Weak<TcpStream>>>,
}

impl Listener {
    /// Serves a free port of 127.0.0.1.
    pub fn start(service: Arc<dyn Service>) -> Listener {
        let socket = TcpListener::bind("127.0.0.1:0").expect("a free loopback port");
        let address = socket.local_addr().expect("the port's number");
        let shared = Arc::new(Shared::default());
        let (ours, theirs) = (Arc::clone(&shared), Arc::clone(&service));
        thread::spawn(move || accept(&socket, &ours, &theirs));
        Listener {
            address,
            shared,
            service,
        }
    }

    /// What stands as `site` in the rc file.
    pub fn site(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many connections clients have opened so far.
    pub fn connections(&self) -> usize {
        self.shared.accepted.load(Ordering::SeqCst)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        self.service.stop();
        // Wakes the thread that waits for connections.
        drop(TcpStream::connect(self.address));
        for stream in self
            .shared
            .open
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .filter_map(Weak::upgrade)
        {
            stream.shutdown(Shutdown::Both).unwrap_or_default();
        }
    }
}

fn accept(socket: &TcpListener, shared: &Arc<Shared>, service: &Arc<dyn Service>) {
    for stream in socket.incoming() {
        if shared.stopping.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else { continue };
        // Small answers in two writes would wait for the client's acknowledgement.
        stream.set_nodelay(true).unwrap_or_default();
        let stream = Arc::new(stream);
        shared
            .open
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Arc::downgrade(&stream));
        let connection = shared.accepted.fetch_add(1, Ordering::SeqCst) + 1;
        let service = Arc::clone(service);
        thread::spawn(move || converse(&stream, connection, &service));
    }
}

fn converse(stream: &Arc<TcpStream>, connection: usize, service: &Arc<dyn Service>) {
    let (sender, requests) = mpsc::channel();
    let (source, notified) = (Arc::clone(stream), Arc::clone(service));
    // A thread of its own, as a client that hangs up while its answer is held must be noticed.
    let reader = thread::spawn(move || {
        let mut source = Requests::new(&*source, connection);
        while let Ok(Some(request)) = source.read() {
            if sender.send(request).is_err() {
                break;
            }
        }
        notified.hung_up(connection);
    });
    let ending = serve(stream, &requests, &**service).unwrap_or(Ending::Close);
    drop(requests);
    end(stream, ending);
    // A reset happens when the last one lets go of the socket; reading only ends with this.
    stream.shutdown(Shutdown::Read).unwrap_or_default();
    reader.join().unwrap_or_default();
}

fn serve(
    stream: &TcpStream,
    requests: &mpsc::Receiver<Request>,
    service: &dyn Service,
) -> io::Result<Ending> {
    for request in requests {
        match service
            .answer(request)
            .map(|reply| reply.send(stream))
            .transpose()?
        {
            Some(After::Keep) => {}
            Some(After::End(ending)) => return Ok(ending),
            None => return Ok(Ending::Close),
        }
    }
    Ok(Ending::Close)
}
