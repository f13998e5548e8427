#pragma once
#include <cstdint>
#include <functional>
#include <set>
#include <string>

#include "base/result.hpp"

namespace nightjar {

/// What a child writes to its standard error, as lines that begin with its name. Bounded: of a line a thousand bytes, of a second fifty
/// lines; more are counted, and said in one line. What a child that is started again and again says each time is said once.
class ChildOutput {
 public:
  using Say = std::function<void(const std::string&)>;
  explicit ChildOutput(Say say) : say_(std::move(say)) {}
  ChildOutput(const ChildOutput&) = delete;
  ChildOutput& operator=(const ChildOutput&) = delete;
  ~ChildOutput();

  /// A descriptor for the next child to write to; the caller closes it once the child has it.
  Result<int> open();
  /// Takes what is there, without waiting.
  void read();
  /// Takes what is left after the child's end. What others of its descendants write later is lost.
  void close();
  /// From here on everything is said again, also what was said before.
  void forget() { said_.clear(); }

 private:
  void take(std::string_view bytes);
  void say_line();

  Say say_;
  int descriptor_ = -1;
  std::string line_;
  bool cut_ = false;            ///< the line is longer than what is kept of it
  std::set<std::string> said_;  ///< the first lines since `forget`
  std::int64_t second_ = 0;     ///< of the steady clock
  std::uint64_t lines_ = 0;     ///< in that second
};

}  // namespace nightjar
