#pragma once
#include <string>

#include "base/result.hpp"

namespace nightjar {

/// What a process that reads bytes of strangers may still ask of its kernel, for good: a list of calls (libseccomp), and everything else is
/// refused. It was made for an event loop over sockets that are open, which writes a few files: receive and send, accept, wait, read and
/// write files, memory that is never code, threads, clocks, random numbers, its end.
///
/// Refused, and the end of the process: programs (execve), new processes, new sockets of any family and connections to others,
/// memory that is code, other processes (ptrace, kill), mounts, name spaces, rights, modules, BPF, keys, options of sockets beyond the few
/// that answering needs, and whatever else the list has not.
/// A sentence on standard error names the call first, then the kernel ends the process by SIGSYS ("signal 31" to whoever started it). The
/// words come from the process itself: where somebody else has taken it over they may be missing, the end is the same.
/// To be called last: when all sockets are open, rights are given up, users and time zones were looked up. Files may be opened afterwards
/// with the rights that are left. Sets no_new_privs. Threads that exist are under it as well, and those made later.
///
/// `nightjar reflector` and `nightjar honeypot` call it this way:
///
///   give_up_after_opening(options.user);
///   if (auto kept = keep_to_answering(); !kept) return fail(kept.error().sentence);
///   door->run(stopping);
///
/// Fails where the kernel knows no such filter: the program does not start then (the command's --any-call leaves it away).
Result<void> keep_to_answering();

/// Number of this process's filters as the kernel tells it (/proc/self/status, Seccomp_filters); 0 where it does not.
unsigned system_call_filters();

}  // namespace nightjar
