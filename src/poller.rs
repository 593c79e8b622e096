//! Where the main thread waits: for the request in hand, for a wake-up, or for a time.
//!
//! Requests make progress only while the main thread waits here, and there is one at a time. So the
//! main thread alone decides what is asked next, and when: the next poll, which acknowledges,
//! cannot leave before the events of the last one are written. No thread hands bytes to another:
//! at one event per poll that was half of the work. (Each request for names has a poller of its own
//! on a thread of its own, `lookup`: nothing waits for it.)
//!
//! A request that hangs is dropped, and its connection with it.

use std::future::poll_fn;
use std::io;
use std::mem::ManuallyDrop;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;
use tokio::task::yield_now;
use tokio::time::timeout;

use crate::api::Outlet;
use crate::api::split::Chunk;
use crate::signals::Waker;

/// What the main thread waits for.
pub enum Step {
    /// Events of the answer to the request, in order; any number of times.
    Chunk(Chunk),
    /// The request has ended, once.
    Done,
    /// Something else happened that the main thread should look at.
    Woken,
    /// Nothing happened for the time given.
    Idle,
}

/// Drives requests on the thread that waits for them.
pub struct Poller {
    /// Not dropped where it stands, since that would wait for a name that is being looked up.
    runtime: ManuallyDrop<Runtime>,
    bell: Arc<Notify>,
}

impl Poller {
    /// Nothing runs yet.
    pub fn new() -> io::Result<Poller> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        Ok(Poller {
            runtime: ManuallyDrop::new(runtime),
            bell: Arc::default(),
        })
    }

    /// A way to wake the main thread.
    pub fn waker(&self) -> Waker {
        let bell = Arc::clone(&self.bell);
        // Where nobody waits, the next wait ends at once.
        Waker::new(move || bell.notify_one())
    }

    /// Takes in what the network has brought while nobody waited: a connection that the server has
    /// closed meanwhile must not be used for the next request.
    pub fn catch_up(&self) {
        self.wait_for(async {
            // The first turn sees that something came, the second deals with it.
            yield_now().await;
            yield_now().await;
        });
    }

    /// The next step of a request that puts its events into this outlet.
    pub fn next(
        &self,
        mut request: Pin<&mut dyn Future<Output = ()>>,
        outlet: &Outlet,
        within: Duration,
    ) -> Step {
        let mut woken = pin!(self.bell.notified());
        let step = poll_fn(|context| {
            // First, so that what arrived before a wake-up is seen before it.
            if request.as_mut().poll(context).is_ready() {
                return Poll::Ready(Step::Done);
            }
            if let Some(chunk) = outlet.take() {
                return Poll::Ready(Step::Chunk(chunk));
            }
            woken.as_mut().poll(context).map(|()| Step::Woken)
        });
        self.wait_for(async { timeout(within, step).await.unwrap_or(Step::Idle) })
    }

    /// Waits for a request to its end, whatever else happens, and hands on the events that it puts
    /// into this outlet.
    pub fn drain<T>(
        &self,
        request: impl Future<Output = T>,
        outlet: &Outlet,
        mut each: impl FnMut(&Chunk),
    ) -> T {
        let mut request = pin!(request);
        self.wait_for(poll_fn(|context| {
            loop {
                if let Poll::Ready(answer) = request.as_mut().poll(context) {
                    return Poll::Ready(answer);
                }
                let Some(chunk) = outlet.take() else {
                    return Poll::Pending;
                };
                each(&chunk);
                outlet.give_back(chunk);
            }
        }))
    }

    /// Waits for a wake-up, at most so long.
    pub fn wait(&self, within: Duration) {
        // Both ends are looked into by the caller.
        let _ = self.wait_for(async { timeout(within, self.bell.notified()).await });
    }

    /// Waits for a request to its end, whatever else happens; one that has no limit of its own is
    /// not for this.
    pub fn wait_for<T>(&self, request: impl Future<Output = T>) -> T {
        self.runtime.block_on(request)
    }

    /// Closes its connections and what else it holds, for a thread that ends before the process
    /// does. What still runs is not waited for.
    pub fn close(self) {
        ManuallyDrop::into_inner(self.runtime).shutdown_background();
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    #[test]
    fn nothing_is_left_of_a_poller_that_is_closed() {
        let (poller, held) = (Poller::new().unwrap(), Arc::new(()));
        let connection = Arc::clone(&held);
        poller.wait_for(async {
            tokio::spawn(async move {
                pending::<()>().await;
                drop(connection);
            });
            yield_now().await;
        });
        assert_eq!(Arc::strong_count(&held), 2);
        poller.close();
        assert_eq!(Arc::strong_count(&held), 1);
    }
}
