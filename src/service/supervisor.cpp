#include "service/supervisor.hpp"

#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "base/text.hpp"
#include "machine/privileges.hpp"
#include "service/steady_clock.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kFirstPauseNs = kNanosPerSecond, kLongestPauseNs = 60 * kNanosPerSecond;
constexpr std::int64_t kStaysUpNs = 60 * kNanosPerSecond;
/// What the settings have no place for anymore has so long to end.
constexpr std::int64_t kLeaveNs = 60 * kNanosPerSecond;
constexpr useconds_t kLookUs = 20'000;
constexpr int kChoreNiceness = 10;

std::string seconds_text(std::int64_t ns) { return human_duration(static_cast<double>(ns) / static_cast<double>(kNanosPerSecond)); }

}  // namespace

Supervisor::Supervisor(std::vector<ChildPlan> plans, Say say) : say_(std::move(say)) {
  for (ChildPlan& plan : plans) add(std::move(plan), 0);
}

void Supervisor::add(ChildPlan plan, std::int64_t first_start_ns) {
  const auto say = [this, name = plan.name](const std::string& line) { say_(name + ": " + line); };
  auto child = std::make_unique<Child>(std::move(plan), say);
  child->state.name = child->plan.name;
  child->state.chore = child->plan.every_seconds > 0;
  // There is nothing to judge yet.
  child->next_start_ns = child->state.chore ? steady_ns() + child->plan.every_seconds * kNanosPerSecond : first_start_ns;
  if (!child->state.chore) child->state.down_since_ns = now_ns();
  children_.push_back(std::move(child));
}

void Supervisor::start(Child& child) {
  ChildStart how;
  how.own_group = true;
  how.nice = child.state.chore ? kChoreNiceness : 0;
  if (!child.plan.user.empty()) how.first = [user = child.plan.user] { return become_user(user, {}); };
  const auto output = child.output.open();
  child.started_ns = steady_ns();
  auto process = output ? Result<void>() : Result<void>(output.error());
  if (output) {
    how.output = *output;
    auto started = ChildProcess::start(child.plan.words, how);
    ::close(*output);
    if (started)
      child.process = std::move(*started);
    else
      process = started.error();
  }
  if (process) {
    child.state.up = true;
    child.state.down_since_ns = 0;
    if (child.state.starts++ == 0 && !child.state.chore) say_(child.plan.name + ": started");
    return;
  }
  say_(child.plan.name + ": " + process.error().sentence);
  child.next_start_ns = steady_ns() + kLongestPauseNs;
}

void Supervisor::ended(Child& child, const ChildEnd& end) {
  // What it started must not write into the same files as its successor.
  child.process->signal_group(SIGKILL);
  child.process.reset();
  child.output.close();
  const std::int64_t now = steady_ns(), ran = now - child.started_ns;
  child.state.up = false;
  if (child.leaving) {
    say_(child.plan.name + ": ended, as the settings want");
    return;
  }
  if (child.state.chore) {
    child.next_start_ns = now + child.plan.every_seconds * kNanosPerSecond;
    if (end.ok()) {
      child.state.last_success_ns = now_ns();
      child.state.last_duration_ns = ran;
      if (!child.last_end.empty()) say_(child.plan.name + ": works again");
      child.last_end.clear();
      child.output.forget();
    } else if (child.last_end != format(end)) {
      child.last_end = format(end);
      say_(child.plan.name + ": failed (" + format(end) + "); it is tried again in " +
           human_duration(static_cast<double>(child.plan.every_seconds)));
    }
    return;
  }
  if (ran >= kStaysUpNs) {
    child.pause_ns = 0;
    child.last_end.clear();
  }
  child.pause_ns = std::clamp(child.pause_ns * 2, kFirstPauseNs, kLongestPauseNs);
  child.next_start_ns = now + child.pause_ns;
  child.state.down_since_ns = now_ns();
  if (child.last_end == format(end)) return;
  child.last_end = format(end);
  say_(child.plan.name + ": ended (" + format(end) + ") after " + seconds_text(ran) + "; it is started again in " +
       seconds_text(child.pause_ns) + ", then after longer pauses of up to " + seconds_text(kLongestPauseNs));
}

/// False: it is gone for good.
bool Supervisor::look_at(Child& child) {
  // Only what is started again and again repeats itself for no reason.
  if (child.process && steady_ns() - child.started_ns >= kStaysUpNs) child.output.forget();
  child.output.read();
  if (child.process) {
    if (const auto end = child.process->ended()) ended(child, *end);
  }
  const std::int64_t now = steady_ns();
  if (child.leaving) {
    if (child.process && now >= child.kill_at_ns) child.process->signal_group(SIGKILL);
    return child.process.has_value();
  }
  if (child.process) {
    if (!child.last_end.empty() && !child.state.chore && now - child.started_ns >= kStaysUpNs) {
      say_(child.plan.name + ": stays up again, started " + with_thousands(child.state.starts) + " times so far");
      child.last_end.clear();
    }
    return true;
  }
  // One that bears the name and is leaving may hold what this one needs.
  const bool waits = std::any_of(children_.begin(), children_.end(),
                                 [&](const auto& other) { return other->leaving && other->plan.name == child.plan.name; });
  if (!waits && now >= child.next_start_ns) start(child);
  return true;
}

void Supervisor::look_after() {
  std::vector<const Child*> gone;
  for (const auto& child : children_) {
    if (!look_at(*child)) gone.push_back(child.get());
  }
  std::erase_if(children_, [&](const auto& child) { return std::find(gone.begin(), gone.end(), child.get()) != gone.end(); });
}

void Supervisor::change_to(std::vector<ChildPlan> plans) {
  for (const auto& child : children_) {
    if (child->leaving) continue;
    const auto same = std::find(plans.begin(), plans.end(), child->plan);
    if (same != plans.end()) {
      plans.erase(same);
      continue;
    }
    child->leaving = true;
    child->kill_at_ns = steady_ns() + kLeaveNs;
    if (child->process) child->process->signal(SIGTERM);
  }
  for (ChildPlan& plan : plans) add(std::move(plan), 0);
}

void Supervisor::stop(std::int64_t seconds) {
  using Stage = ChildPlan::Stage;
  const std::int64_t begun = steady_ns(), end = begun + seconds * kNanosPerSecond, half = begun + seconds * kNanosPerSecond / 2;
  for (const Stage stage : {Stage::door, Stage::capture}) {
    for (const auto& child : children_) {
      if (child->plan.stage == stage && child->process) child->process->signal(SIGTERM);
    }
    while (true) {
      bool any = false;
      for (const auto& child : children_) {
        child->output.read();
        if (!child->process) continue;
        if (child->process->ended()) {
          child->process->signal_group(SIGKILL);
          child->process.reset();
          child->output.close();
          child->state.up = false;
        } else {
          any = any || child->plan.stage <= stage;
        }
      }
      if (!any || steady_ns() >= (stage == Stage::door ? half : end)) break;
      usleep(kLookUs);
    }
  }
  for (const auto& child : children_) {
    if (!child->process) continue;
    child->process->signal_group(SIGKILL);
    child->process->wait();
    child->process.reset();
    child->output.close();
    say_(child->plan.name + ": did not end within " + seconds_text(seconds * kNanosPerSecond) + " and was killed");
  }
  children_.clear();
}

std::vector<Supervisor::State> Supervisor::states() const {
  std::vector<State> list;
  for (const auto& child : children_) {
    if (!child->leaving) list.push_back(child->state);
  }
  return list;
}

}  // namespace nightjar
