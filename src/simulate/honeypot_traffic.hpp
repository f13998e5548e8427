#pragma once
#include <cstdint>
#include <functional>

#include "simulate/event.hpp"
#include "simulate/frame_sheet.hpp"
#include "simulate/knock.hpp"
#include "simulate/model.hpp"
#include "simulate/truth.hpp"

namespace nightjar::simulate {

/// What the honeypot's capture holds: visits of the hosts that the darknet beside it sees too, with the pot's answers, and crawlers, which
/// call on servers they know and never on a darknet.
class HoneypotTraffic {
 public:
  /// All must outlive this. `pools` in the model: it must have been prepared with origins, which are those given here.
  HoneypotTraffic(const Model& model, const Origins& origins, std::uint64_t seed) : model_(model), origins_(origins), seed_(seed) {}

  /// A packet of a population to the honeypot, as its tool made it; in order of time.
  void add(const Event& event, const Knock& knock, Truth& truth);
  /// The crawlers of a UTC day (days since 1970) that come from `from_ns` to `to_ns`; `lost`: at that time nothing is captured.
  void add_crawlers(std::int64_t day, std::int64_t from_ns, std::int64_t to_ns, const std::function<bool(std::int64_t)>& lost,
                    Truth& truth);
  /// Packets so far; those of a day are complete when `add` and `add_crawlers` had all of it.
  FrameSheet& sheet() { return sheet_; }

 private:
  bool is_on(std::int64_t time_ns) const;

  const Model& model_;
  const Origins& origins_;
  std::uint64_t seed_;
  FrameSheet sheet_;
};

}  // namespace nightjar::simulate
