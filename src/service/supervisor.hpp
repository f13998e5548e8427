#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "live/child_process.hpp"
#include "service/child_output.hpp"
#include "service/child_plan.hpp"

namespace nightjar {

/// Keeps the processes of a plan alive: one that ends is started again after 1, 2, 4 ... 60 seconds; one that ran for a minute begins with
/// 1 again. They live in process groups of their own. Single-threaded.
class Supervisor {
 public:
  /// Says a sentence to the operator; it begins with a child's name where it is about one.
  using Say = std::function<void(const std::string&)>;
  /// How a child is doing.
  struct State {
    std::string name;
    bool up = false;     ///< runs at the moment
    bool chore = false;  ///< runs from time to time
    std::uint64_t starts = 0;
    std::int64_t last_success_ns = 0;   ///< of a chore, by the wall clock; 0: none yet
    std::int64_t last_duration_ns = 0;  ///< of that
    std::int64_t down_since_ns = 0;     ///< wall clock, of what should be up; 0: it is
  };

  Supervisor(std::vector<ChildPlan> plans, Say say);
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  /// Looks once after all of them, without waiting. To be called every tenth of a second or so.
  void look_after();
  /// From here on the plan is this one: what is the same in both goes on undisturbed, the rest is asked to end and started anew.
  void change_to(std::vector<ChildPlan> plans);
  /// Asks all to end, stage after stage, the next one at the latest when half of the time is over; kills what has not ended after
  /// `seconds`, and says what that was.
  void stop(std::int64_t seconds);
  std::vector<State> states() const;

 private:
  struct Child {
    Child(ChildPlan what, ChildOutput::Say say_line) : plan(std::move(what)), output(std::move(say_line)) {}
    ChildPlan plan;
    ChildOutput output;
    State state;
    std::optional<ChildProcess> process;
    bool leaving = false;            ///< asked to end because the settings have no place for it
    std::int64_t kill_at_ns = 0;     ///< steady clock, of one that is leaving
    std::int64_t started_ns = 0;     ///< steady clock
    std::int64_t next_start_ns = 0;  ///< steady clock
    std::int64_t pause_ns = 0;
    std::string last_end;  ///< how it ended, where it was said
  };
  void add(ChildPlan plan, std::int64_t first_start_ns);
  void start(Child& child);
  void ended(Child& child, const ChildEnd& end);
  bool look_at(Child& child);

  Say say_;
  std::vector<std::unique_ptr<Child>> children_;
};

}  // namespace nightjar
