// Package netlab is a network laboratory for real processes: two network namespaces, each with one TUN device, and
// between them a router in user space that delays, loses, queues, reorders, fragments and rewrites what passes. It is
// test support (docs/design.md, section 9) for Linux and needs root; kernel queueing disciplines are not used.
//
//	client namespace                    this process                     server namespace
//	10.91.0.1     tun0 ──── Up:   NAT → loss → MTU → queue → delay ───▶ tun0   10.91.128.1
//	fd91:0:0::1        ◀─── Down: delay ← queue ← MTU ← loss ← NAT ────        fd91:0:128::1
//
// A test makes a link, starts programs at its ends, and changes the link while they run:
//
//	l := netlab.New(t, netlab.Config{Up: p, Down: p, Seed: 1})    // removed when the test ends
//	l.Server.Do(cmd.Start)                                        // or any function: sockets, pty.Start, ...
//	l.Cut(); l.Restore()                                          // outage
//	l.Client.SetAddrs(netlab.ClientV6)                            // roam
//	l.Rebind()                                                    // the NAT forgets its mappings (Config.NAT)
//	l.DropNext(netlab.Up, 1)                                      // lose exactly the next datagram
//	l.Tally(60001)                                                // counters of one server port
//
// Every random decision comes from Config.Seed. Each flow (transport protocol and server port) draws from a generator
// of its own with the same seed, so the n-th packet of two programs that run side by side meets the same fate; bursts
// are a function of the time since the last Reseed and common to all flows.
//
// What a link makes it removes: on Close, at the end of the test, on SIGINT, SIGTERM and SIGHUP; and what a process
// left that was killed is removed by the next link (the namespaces carry the process id and start time of their owner).
package netlab
