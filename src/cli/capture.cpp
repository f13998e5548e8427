#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <optional>

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "live/capture_keeper.hpp"
#include "machine/privileges.hpp"
#include "schema/rows.hpp"
#include "sensor/sensors.hpp"

namespace nightjar::cli {
namespace {

struct Options {
  std::string interface, sensor, kind, config, segments = "segments", user;
  std::vector<std::string> filter;
  std::uint32_t snap_length = 262'144, ring_mb = 32, rings = 1;
  std::uint64_t segment_mb = 256, keep_free_mb = 512;
  double keep_gb = 0;
  std::int64_t segment_minutes = 60, keep_days = 0, every = 30;
  bool no_lake = false;
};

std::atomic<bool> stopping{false};
void on_stop(int) { stopping = true; }

void say(const std::string& sentence) { std::fprintf(stderr, "nightjar: %s\n", escape_for_terminal(sentence).c_str()); }

Result<std::string> own_program() {
  std::error_code error;
  const std::filesystem::path path = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return errno_error("cannot find out where this program lies", error.value());
  return path.string();
}

void print_totals(const CaptureKeeper::Totals& totals, const std::string& segments) {
  const auto line = [](const char* what, std::uint64_t number) { fmt::print("  {:<26} {:>20}\n", what, with_thousands(number)); };
  fmt::print("captured into {}\n", escape_for_terminal(segments));
  line("packets", totals.packets);
  line("bytes", totals.bytes);
  line("dropped by the kernel", totals.kernel_drops);
  line("dropped by the interface", totals.interface_drops);
  if (totals.unwritten > 0) line("not kept, disk full", totals.unwritten);
  line("segments", totals.segments);
  if (totals.restarts > 0) line("times begun anew", totals.restarts);
}

Result<CaptureOptions> capture_options(const Options& options, const Context& context) {
  CaptureOptions capture;
  capture.ring.interface = options.interface;
  for (const std::string& word : options.filter) capture.ring.filter += (capture.ring.filter.empty() ? "" : " ") + word;
  capture.ring.snap_length = options.snap_length;
  capture.ring.blocks = options.ring_mb;
  capture.rings = options.rings;
  capture.segments = options.segments;
  capture.sensor = options.sensor.empty() ? options.interface : options.sensor;
  if (auto name = check_sensor_name(capture.sensor); !name) return Error{"--sensor: " + name.error().sentence};
  capture.rules = {options.segment_mb << 20, options.segment_minutes * 60, options.keep_free_mb << 20};
  capture.keep_days = options.keep_days;
  capture.keep_bytes = static_cast<std::uint64_t>(options.keep_gb * 1e9);
  capture.ingest_seconds = options.every;
  if (options.no_lake) return capture;
  auto program = own_program();
  if (!program) return program.error();
  capture.ingest = {*program, "ingest", "--quiet", "--lake", context.lake, "--sensor", capture.sensor, "--jobs", "1"};
  if (!options.kind.empty()) capture.ingest.insert(capture.ingest.end(), {"--kind", options.kind});
  if (!options.config.empty()) capture.ingest.insert(capture.ingest.end(), {"--config", options.config});
  capture.ingest.emplace_back("--");
  return capture;
}

/// Everything that would fail only after a minute, with the rights that it will be done with.
Result<void> check_rights(const Options& options, const CaptureOptions& wanted, const Context& context) {
  if (auto changed = become_user(options.user, {Capability::net_raw}); !changed) return changed;
  if (!options.user.empty()) {
    if (auto may = check_may_write(wanted.segments); !may) return may;
    if (!options.no_lake) {
      if (auto may = check_may_write(context.lake); !may) return may;
      if (auto may = check_may_run(wanted.ingest.front()); !may) return may;
    }
  }
  if (options.config.empty()) return {};
  const auto config = read_sensor_config(options.config);
  return config ? Result<void>() : config.error();
}

int capture(const Options& options, const Context& context) {
  auto wanted = capture_options(options, context);
  if (!wanted) return wrong_usage(wanted.error().sentence);
  if (auto may = check_rights(options, *wanted, context); !may) return fail(may.error().sentence);
  std::signal(SIGINT, on_stop);
  std::signal(SIGTERM, on_stop);
  auto keeper = CaptureKeeper::open(*wanted, [&](const std::string& sentence) { say(sentence); });
  if (!keeper) return fail(keeper.error().sentence);
  if (auto given = give_up_after_opening(options.user); !given) return fail(given.error().sentence);
  if (!context.quiet) {
    if (options.user.empty() && is_root()) say("this goes on with root's rights; --user NAME gives them up once the interface is open");
    say("capturing on " + options.interface + " as sensor '" + wanted->sensor + "' into " + wanted->segments.string() +
        (options.no_lake ? "" : ", every " + std::to_string(options.every) + " s into " + context.lake) + "; Ctrl-C ends it");
  }
  const auto done = (*keeper)->run(stopping);
  if (!context.quiet) print_totals((*keeper)->totals(), wanted->segments.string());
  return done ? kDone : fail(done.error().sentence);
}

}  // namespace

void add_capture(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("capture", "keep the packets of a network interface, and take them into the lake as they come");
  command->add_option("-i,--interface", options->interface, "network interface (ip link lists them)")->required();
  command->add_option("filter", options->filter, "keep only these packets: an expression of man pcap-filter");
  command->add_option("--sensor", options->sensor, "name of the sensor; the interface's name if it is left out");
  command->add_option("--kind", options->kind, "darknet, honeypot or reflector")
      ->check(CLI::IsMember(std::vector<std::string>(kSensorKindNames.begin(), kSensorKindNames.end())));
  command->add_option("--config", options->config, "nightjar.toml with the sensor's prefixes");
  command->add_option("--segments", options->segments, "folder of the capture segments")->capture_default_str();
  command->add_flag("--no-lake", options->no_lake, "segments only: for a sensor whose lake is elsewhere");
  command->add_option("--every", options->every, "seconds between two times that segments are taken into the lake")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  command->add_option("--snap-length", options->snap_length, "most bytes kept of a packet")
      ->check(CLI::Range(64, 262'144))
      ->capture_default_str();
  command->add_option("--segment-mb", options->segment_mb, "a segment is closed at so many MiB ...")
      ->check(CLI::Range(1, 1 << 16))
      ->capture_default_str();
  command->add_option("--segment-minutes", options->segment_minutes, "... or after so many minutes")
      ->check(CLI::Range(1, 1440))
      ->capture_default_str();
  command->add_option("--keep-days", options->keep_days, "delete closed segments older than this; 0: keep them")
      ->check(CLI::Range(0, 36'500))
      ->capture_default_str();
  command->add_option("--keep-gb", options->keep_gb, "delete the oldest closed segments beyond so many GB; 0: keep them")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  command->add_option("--keep-free-mb", options->keep_free_mb, "write no packets when less of the disk is free")
      ->check(CLI::Range(0, 1 << 20))
      ->capture_default_str();
  command->add_option("--user", options->user, "started as root, become this user, who alone writes; only the interface is opened by root");
  command->add_option("--ring-mb", options->ring_mb, "memory between kernel and disk, for each ring")
      ->check(CLI::Range(2, 4096))
      ->capture_default_str();
  command->add_option("--rings", options->rings, "processes that share the packets by flow")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command->footer("Example: sudo nightjar capture -i eth1 --sensor alpha --config nightjar.toml 'not arp'\n");
  command->callback([options, &context] { context.run = [options, &context] { return capture(*options, context); }; });
}

}  // namespace nightjar::cli
