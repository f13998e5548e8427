#include "simulate/simulate.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/file.hpp"
#include "base/time.hpp"
#include "simulate/draw.hpp"
#include "simulate/drdos.hpp"
#include "simulate/frame.hpp"
#include "simulate/frame_sheet.hpp"
#include "simulate/honeypot_traffic.hpp"
#include "simulate/model.hpp"
#include "simulate/observatory_toml.hpp"
#include "simulate/timeline.hpp"
#include "simulate/truth.hpp"

namespace nightjar::simulate {
namespace {

constexpr std::int64_t kNanosPerDay = kSecondsPerDay * kNanosPerSecond;

/// A sensor and where its packets go. Sensors that are not wanted have no writer.
struct Output {
  std::string name;
  std::optional<CaptureWriter> writer;
};

class Simulation {
 public:
  Simulation(const Scenario& scenario, const Geolocation& geolocation, const Settings& settings, Progress& progress)
      : scenario_(scenario),
        geolocation_(geolocation),
        settings_(settings),
        progress_(progress),
        from_(settings.from.value_or(scenario.from)),
        to_(settings.to.value_or(scenario.to)),
        pots_(settings.reflectors.value_or(scenario.reflectors.pots)) {}

  Result<Written> run();

 private:
  Result<void> check() const;
  Result<void> open_outputs();
  Result<void> write_darknet(const std::vector<Event>& events, HoneypotTraffic& visits, Truth& truth);
  Result<void> write_requests(const DrdosTraffic& requests, std::int64_t day, Truth& truth);
  bool in_outage(const std::string& sensor, std::int64_t time_ns) const;
  Result<void> write_truth(const std::string& text) const;

  const Scenario& scenario_;
  const Geolocation& geolocation_;
  const Settings& settings_;
  Progress& progress_;
  std::int64_t from_, to_;
  std::uint32_t pots_;
  Output darknet_{kDarknetName, {}}, honeypot_{kHoneypotName, {}};
  std::vector<Output> reflectors_;
  const Model* model_ = nullptr;
};

Result<void> Simulation::check() const {
  if (from_ < scenario_.from || from_ >= scenario_.to || to_ > scenario_.to || to_ <= scenario_.from) {
    const auto local = [&](std::int64_t second) { return format_second(second + scenario_.utc_offset).substr(0, 16); };
    return Error{fmt::format("scenario {} is from {} to {} in its time zone: --from and --to must lie inside", scenario_.name,
                             local(scenario_.from), local(scenario_.to))};
  }
  if (from_ >= to_) return Error{"the span is empty: --from must lie before --to"};
  if (scenario_.reflectors.pots == 0 && pots_ > 0) {
    return Error{fmt::format("scenario {} has no [reflectors]: there is nothing to write for {} pots", scenario_.name, pots_)};
  }
  // Said now, not after the captures of a year: the truth is written last.
  std::error_code unknown;
  if (const std::filesystem::path folder = settings_.truth.parent_path();
      !folder.empty() && !std::filesystem::is_directory(folder, unknown)) {
    return Error{fmt::format("cannot write the truth {}: there is no folder {}", settings_.truth.string(), folder.string())};
  }
  if (std::filesystem::is_directory(settings_.truth, unknown)) {
    return Error{fmt::format("cannot write the truth {}: that is a folder", settings_.truth.string())};
  }
  if (!settings_.truth.empty() && !settings_.out.empty()) {
    const auto out = std::filesystem::weakly_canonical(settings_.out, unknown),
               truth = std::filesystem::weakly_canonical(settings_.truth, unknown);
    if (std::mismatch(out.begin(), out.end(), truth.begin(), truth.end()).first == out.end()) {
      return Error{fmt::format("the truth {} would lie among the captures: name a file outside {}", settings_.truth.string(),
                               settings_.out.string())};
    }
  }
  return {};
}

Result<void> Simulation::open_outputs() {
  namespace fs = std::filesystem;
  const std::string& only = settings_.to_standard_output;
  for (std::uint32_t pot = 0; pot < pots_; ++pot) reflectors_.push_back({pot_name(pot), {}});
  std::vector<Output*> outputs = {&darknet_};
  if (scenario_.honeypot.addresses > 0) outputs.push_back(&honeypot_);
  for (Output& reflector : reflectors_) outputs.push_back(&reflector);
  if (!only.empty()) {
    const auto wanted = std::find_if(outputs.begin(), outputs.end(), [&](const Output* output) { return output->name == only; });
    if (wanted == outputs.end()) {
      std::string names;
      for (const Output* output : outputs) names += (names.empty() ? "" : ", ") + output->name;
      return Error{fmt::format("scenario {} has no sensor {}; it has {}", scenario_.name, only, names)};
    }
    (*wanted)->writer.emplace(CaptureWriter::Config{.folder = {}, .prefix = only, .zstd = settings_.zstd, .to_standard_output = true});
    return {};
  }
  std::error_code failure;
  fs::create_directories(settings_.out, failure);
  if (!failure && !fs::is_empty(settings_.out, failure) && !failure) {
    return Error{fmt::format("{} is not empty: captures of two runs must not mix; name another folder", settings_.out.string())};
  }
  for (Output* output : outputs) {
    if (failure) break;
    const fs::path folder = settings_.out / output->name;
    fs::create_directories(folder, failure);
    output->writer.emplace(CaptureWriter::Config{
        .folder = folder, .prefix = output->name, .rotate = settings_.rotate, .zstd = settings_.zstd, .to_standard_output = false});
  }
  if (failure) return Error{fmt::format("cannot make {}: {}", settings_.out.string(), failure.message())};
  return write_file_atomically(settings_.out / "nightjar.toml", observatory_toml(scenario_, settings_.addresses, pots_, from_, to_));
}

bool Simulation::in_outage(const std::string& sensor, std::int64_t time_ns) const {
  return std::any_of(scenario_.outages.begin(), scenario_.outages.end(), [&](const Outage& outage) {
    return outage.sensor == sensor && time_ns >= outage.from * kNanosPerSecond && time_ns < outage.to * kNanosPerSecond;
  });
}

Result<void> Simulation::write_darknet(const std::vector<Event>& events, HoneypotTraffic& visits, Truth& truth) {
  Scratch scratch;
  std::uint32_t observed = settings_.addresses;
  std::int64_t day = -1;
  for (const Event& event : events) {
    if (const std::int64_t today = floor_div(event.time_ns, kNanosPerDay); today != day) {
      observed = observed_addresses(scenario_, settings_.addresses, today * kSecondsPerDay);
      day = today;
    }
    const bool at_honeypot = event.dst >= kHoneypotFirst;
    if (!at_honeypot && event.dst - kDarknetFirst >= observed) continue;
    if (in_outage(at_honeypot ? honeypot_.name : darknet_.name, event.time_ns)) {
      if (!at_honeypot && darknet_.writer) truth.add_lost();
      continue;
    }
    Knock knock;
    knock.time_ns = event.time_ns;
    knock.from = {4, event.src, 0};
    knock.to = {4, event.dst, 0};
    model_->populations()[event.population].tool->make(event, knock, scratch);
    if (at_honeypot) {
      if (honeypot_.writer) visits.add(event, knock, truth);
      continue;
    }
    if (!darknet_.writer) continue;
    if (!settings_.truth.empty()) truth.add(event, knock);
    auto room = darknet_.writer->room(event.time_ns);
    if (!room) return room.error();
    darknet_.writer->wrote(write_record(*room, knock));
    progress_.packets.fetch_add(1, std::memory_order_relaxed);
  }
  return {};
}

Result<void> Simulation::write_requests(const DrdosTraffic& requests, std::int64_t day, Truth& truth) {
  const bool wanted = std::any_of(reflectors_.begin(), reflectors_.end(), [](const Output& output) { return output.writer.has_value(); });
  if (!wanted) return {};
  std::vector<FrameSheet> sheets(pots_);
  const std::int64_t until_ns = std::min((day + 1) * kNanosPerDay, to_ * kNanosPerSecond);
  const std::int64_t from_ns = std::max(day * kNanosPerDay, from_ * kNanosPerSecond);
  requests.each(from_ns, until_ns, [&](const DrdosPacket& packet) {
    if (in_outage(reflectors_[packet.pot].name, packet.knock.time_ns)) {
      truth.add_lost(packet);
    } else {
      sheets[packet.pot].add(packet.knock);
    }
  });
  for (std::uint32_t pot = 0; pot < pots_; ++pot) {
    if (!reflectors_[pot].writer) continue;
    if (auto written = sheets[pot].write_until(until_ns, *reflectors_[pot].writer); !written) return written;
  }
  return {};
}

Result<void> Simulation::write_truth(const std::string& text) const { return write_file_atomically(settings_.truth, text); }

Result<Written> Simulation::run() {
  if (auto checked = check(); !checked) return checked.error();
  auto origins = Origins::build(geolocation_);
  if (!origins) return origins.error();
  // Of the whole scenario, so that a part of its span is exactly that part.
  auto model = Model::prepare(scenario_, &*origins, scenario_.to);
  if (!model) return model.error();
  model_ = &*model;
  Reflectors reflectors = scenario_.reflectors;
  reflectors.pots = pots_;
  auto requests = DrdosTraffic::draw(reflectors, *origins, {settings_.attack_scale, settings_.seed});
  if (!requests) return requests.error();
  if (auto opened = open_outputs(); !opened) return opened.error();

  Truth truth(*model, {settings_.seed, settings_.addresses, settings_.attack_scale, from_, to_, settings_.to_standard_output});
  const Draw draw(*model, {scenario_.honeypot.addresses, settings_.addresses}, settings_.seed, from_, to_);
  HoneypotTraffic visits(*model, *origins, settings_.seed);
  Timeline timeline(draw, model->populations().size(), from_, to_);
  progress_.days = floor_div(to_ - 1, kSecondsPerDay) - floor_div(from_, kSecondsPerDay) + 1;
  Timeline::Day day;
  while (!progress_.stop && timeline.next(day)) {
    if (auto written = write_darknet(day.events, visits, truth); !written) return written.error();
    const std::int64_t until_ns = std::min((day.number + 1) * kNanosPerDay, to_ * kNanosPerSecond);
    if (honeypot_.writer) {
      const auto lost = [&](std::int64_t time_ns) { return in_outage(honeypot_.name, time_ns); };
      visits.add_crawlers(day.number, from_ * kNanosPerSecond, until_ns, lost, truth);
      if (auto written = visits.sheet().write_until(until_ns, *honeypot_.writer, lost); !written) return written.error();
    }
    if (auto written = write_requests(*requests, day.number, truth); !written) return written.error();
    truth.end_day();
    ++progress_.days_done;
  }

  Written report;
  report.stopped = progress_.stop;
  std::vector<Output*> outputs = {&darknet_, &honeypot_};
  for (Output& reflector : reflectors_) outputs.push_back(&reflector);
  for (Output* output : outputs) {
    if (!output->writer) continue;
    if (!report.stopped) {
      if (auto finished = output->writer->finish(); !finished) return finished.error();
    }
    report.sensors.push_back({output->name, output->writer->packets(), output->writer->bytes(), output->writer->files()});
  }
  if (!settings_.truth.empty() && !report.stopped) {
    if (auto written = write_truth(truth.json(*requests, geolocation_.sources())); !written) return written.error();
  }
  return report;
}

}  // namespace

Result<Written> simulate(const Scenario& scenario, const Geolocation& geolocation, const Settings& settings, Progress& progress) {
  return Simulation(scenario, geolocation, settings, progress).run();
}

}  // namespace nightjar::simulate
