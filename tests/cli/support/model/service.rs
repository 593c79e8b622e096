//! How the model meets its clients: faults, parking, the clock in each answer.
//!
//! Not for what the answers say (`world.rs`).

use std::thread;

use jiff::Timestamp;

use super::fault::Fault;
use super::world::World;
use crate::support::board::Board;
use crate::support::gate::Gate;
use crate::support::http::Request;
use crate::support::listener::Service;
use crate::support::reply::Reply;

impl Service for Board<World> {
    fn answer(&self, request: Request) -> Option<Reply> {
        let (number, fault) = self.update(|world| world.receive(&request));
        let reply = match fault {
            None => act(self, &request, number)?,
            Some(Fault::Answer(reply)) if reply.is_held() => {
                return hold(self, &request, number).and(None);
            }
            Some(Fault::Answer(reply)) => reply,
            // A poll that would park has nothing to answer yet: it is lost at once.
            Some(Fault::Lost(ending)) => {
                self.update(|world| {
                    world
                        .act(&request, number)
                        .is_none()
                        .then(|| world.forget(number))
                });
                Reply::nothing(ending)
            }
            Some(Fault::Truncated) => act(self, &request, number)?.cut(),
            Some(Fault::Garbled) => act(self, &request, number)?.garbled(),
            Some(Fault::Held) => {
                hold(self, &request, number).and_then(|()| act(self, &request, number))?
            }
            Some(Fault::Late) => {
                let reply = act(self, &request, number)?;
                hold(self, &request, number).map(|()| reply)?
            }
            Some(Fault::Slow(before, after)) => {
                thread::sleep(before);
                let reply = act(self, &request, number)?;
                thread::sleep(after);
                reply
            }
            Some(Fault::Forgotten(before, after)) => {
                thread::sleep(before);
                let queues = self.update(|world| world.queues.clone());
                let reply = act(self, &request, number)?;
                thread::sleep(after);
                self.update(|world| world.queues.retain(|id, _| queues.contains_key(id)));
                reply
            }
            Some(Fault::Stalled) => {
                let reply = act(self, &request, number)?;
                let gate = Gate::ajar(1);
                self.update(|world| world.stalled.push(gate.clone()));
                reply.in_halves(&gate)
            }
        };
        let date = self
            .update(|world| Timestamp::from_second(world.clock))
            .unwrap_or_default();
        Some(reply.header(
            "Date",
            &date.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string(),
        ))
    }

    fn hung_up(&self, connection: usize) {
        self.update(|world| world.leave(connection));
    }

    fn stop(&self) {
        self.update(World::stop);
    }
}

fn act(board: &Board<World>, request: &Request, number: usize) -> Option<Reply> {
    if let Some(reply) = board.update(|world| world.act(request, number)) {
        return Some(reply);
    }
    board.park(|world| {
        let reply = world.unpark(number);
        let over = reply.is_some() || world.is_given_up(request);
        over.then(|| {
            world.forget(number);
            reply
        })
    })
}

/// Waits for the release of a request; none if the client has gone.
fn hold(board: &Board<World>, request: &Request, number: usize) -> Option<()> {
    board.update(|world| world.held.push((number, request.clone())));
    board.park(|world| {
        if world.is_given_up(request) {
            world.held.retain(|(own, _)| *own != number);
            return Some(None);
        }
        let released = world.held.iter().all(|(own, _)| *own != number);
        released.then_some(Some(()))
    })
}
