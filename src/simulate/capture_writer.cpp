#include "simulate/capture_writer.hpp"

#include <cassert>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "simulate/capture_output.hpp"
#include "simulate/frame.hpp"

namespace nightjar::simulate {
namespace {

constexpr std::size_t kBuffer = 1 << 20;
constexpr std::int64_t kEarliest = std::numeric_limits<std::int64_t>::min(), kLatest = std::numeric_limits<std::int64_t>::max();

std::int64_t seconds_of(Rotate rotate) { return rotate == Rotate::hour ? kSecondsPerHour : kSecondsPerDay; }

/// "2017-01-01T05" or "2017-01-01": format_second of the period's beginning, as far as it says something.
std::string period_name(Rotate rotate, std::int64_t period) {
  return format_second(period * seconds_of(rotate)).substr(0, rotate == Rotate::hour ? 13 : 10);
}

}  // namespace

struct CaptureWriter::State {
  explicit State(Config settings) : config(std::move(settings)), output(config.zstd) {}

  const Config config;
  CaptureOutput output;
  std::vector<std::uint8_t> buffer;
  std::size_t filled = 0;
  std::int64_t last_ns = kEarliest;  ///< of the last room asked for
  std::int64_t end_ns = kEarliest;   ///< of the open file's period; nothing open: before every time
  std::uint64_t packets = 0, bytes = 0, files = 0;
  std::optional<Error> failure;
  bool finished = false;

  Result<void> flush() {
    const std::size_t size = std::exchange(filled, 0);
    return output.write({buffer.data(), size});
  }

  Result<void> close() {
    if (!output.is_open()) return {};
    if (auto flushed = flush(); !flushed) return flushed;
    return output.complete();
  }

  Result<void> open(std::int64_t time_ns) {
    if (config.to_standard_output) {
      if (auto opened = output.open_standard_output(); !opened) return opened;
      end_ns = kLatest;
    } else {
      const std::int64_t unit = seconds_of(config.rotate), period = floor_div(second_of(time_ns), unit);
      const std::string name = config.prefix + "-" + period_name(config.rotate, period) + (config.zstd ? ".pcap.zst" : ".pcap");
      if (auto opened = output.open_file(config.folder / name); !opened) return opened;
      end_ns = (period + 1) * unit * kNanosPerSecond;
    }
    buffer.resize(kBuffer);
    std::memcpy(buffer.data(), kPcapHeader.data(), sizeof kPcapHeader);
    filled = sizeof kPcapHeader;
    bytes += filled;
    ++files;
    return {};
  }

  /// The next file if it is time, and space in the buffer.
  Result<void> make_room(std::int64_t time_ns) {
    if (time_ns < end_ns) return flush();
    if (auto closed = close(); !closed) return closed;
    return open(time_ns);
  }

  Result<void> remember(Result<void> done) {
    if (!done) failure = done.error();
    return done;
  }
};

CaptureWriter::CaptureWriter(Config config) : state_(std::make_unique<State>(std::move(config))) {}
CaptureWriter::~CaptureWriter() = default;
CaptureWriter::CaptureWriter(CaptureWriter&&) noexcept = default;
CaptureWriter& CaptureWriter::operator=(CaptureWriter&&) noexcept = default;

Result<std::uint8_t*> CaptureWriter::room(std::int64_t time_ns) {
  State& state = *state_;
  assert(time_ns >= state.last_ns && !state.finished);
  state.last_ns = time_ns;
  if (state.failure) return *state.failure;
  if (time_ns >= state.end_ns || state.filled + kLargestRecord > kBuffer) [[unlikely]] {
    if (auto made = state.remember(state.make_room(time_ns)); !made) return made.error();
  }
  return state.buffer.data() + state.filled;
}

void CaptureWriter::wrote(const std::uint8_t* end) {
  State& state = *state_;
  const auto filled = static_cast<std::size_t>(end - state.buffer.data());
  assert(filled > state.filled && filled <= state.filled + kLargestRecord);
  state.bytes += filled - state.filled;
  state.filled = filled;
  ++state.packets;
}

Result<void> CaptureWriter::finish() {
  State& state = *state_;
  assert(!state.finished);
  state.finished = true;
  if (state.failure) return *state.failure;
  if (state.config.to_standard_output && !state.output.is_open()) {
    if (auto opened = state.remember(state.open(0)); !opened) return opened;
  }
  return state.remember(state.close());
}

std::uint64_t CaptureWriter::packets() const { return state_->packets; }
std::uint64_t CaptureWriter::bytes() const { return state_->bytes; }
std::uint64_t CaptureWriter::files() const { return state_->files; }

}  // namespace nightjar::simulate
