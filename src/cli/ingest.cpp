#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <future>
#include <map>
#include <thread>

#include "base/text.hpp"
#include "capture/reader.hpp"
#include "cli/commands.hpp"
#include "cli/decapsulation.hpp"
#include "cli/progress_bar.hpp"
#include "enrich/geolocation_watch.hpp"
#include "ingest/ingest.hpp"
#include "payload/signature_set.hpp"

namespace nightjar::cli {
namespace {

struct Options {
  std::vector<std::string> paths;
  std::string config, sensor, kind;
  bool has_sensor = false;  ///< --sensor is there: CLI11 gives "" for an empty one too
  std::vector<std::string> tunnels, signatures;
  int jobs = 0;
  std::uint64_t memory_mb = 2000;
  std::uint64_t batch_packets = 20'000'000;
};

/// So many files are worth a word: they are of hundreds of days, and take their time.
constexpr std::uint64_t kManyFiles = 1000;

std::atomic<Ingest*> running{nullptr};
std::atomic<bool> interrupted{false};

/// The first Ctrl-C ends after the packets at hand, the second at once.
void on_interrupt(int) {
  interrupted = true;
  if (Ingest* ingest = running.load()) ingest->stop();
  std::signal(SIGINT, SIG_DFL);
}

void print_report(const Ingest::Report& report, const std::string& lake, double seconds) {
  const auto line = [](const char* what, const std::string& value) { std::printf("  %-26s %20s\n", what, value.c_str()); };
  const auto number = [&](const char* what, std::uint64_t value) { line(what, with_thousands(value)); };
  std::printf("ingested into %s (version %llu)\n", escape_for_terminal(lake).c_str(), static_cast<unsigned long long>(report.version));
  number("captures", report.captures);
  if (report.known_captures > 0) number("captures known already", report.known_captures);
  number("packets", report.packets);
  if (report.outbound > 0) number("outbound (left out)", report.outbound);
  if (report.outside > 0) number("outside (left out)", report.outside);
  if (report.not_ip > 0) number("not IP", report.not_ip);
  for (std::size_t reason = 1; reason < kUndecodableReasons; ++reason) {
    if (report.undecodable[reason] > 0)
      number(("undecodable: " + std::string(kUndecodableNames[reason])).c_str(), report.undecodable[reason]);
  }
  std::uint64_t bytes = 0;
  for (const TableSchema& table : all_tables()) {
    const auto at = static_cast<std::size_t>(table.table);
    bytes += report.bytes[at];
    if (report.rows[at] > 0) number(("rows of " + std::string(table.name)).c_str(), report.rows[at]);
  }
  line("written", human_bytes(bytes));
  if (report.packets > 0) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f", static_cast<double>(bytes) / static_cast<double>(report.packets));
    line("bytes per packet", text);
  }
  line("time", human_duration(seconds));
  if (report.frames > 0 && seconds > 0)
    number("packets per second", static_cast<std::uint64_t>(static_cast<double>(report.frames) / seconds));
}

/// A mistyped name must leave no empty lake behind: where there is none yet, one of the files must be a capture. Says what is wrong with
/// each.
Result<void> check_some_capture(const CaptureList& list, const std::string& lake) {
  std::error_code error;
  if (std::filesystem::exists(lake, error)) return {};
  std::vector<std::string> wrong;
  for (const CapturePath& capture : list.captures) {
    // What can be read once is read by ingest.
    if (capture.path == "-" || !std::filesystem::is_regular_file(capture.path, error)) return {};
    CaptureReader::Options look;
    look.hash = false;
    const auto opened = CaptureReader::open(capture.path, look);
    if (opened) return {};
    if (capture.named) wrong.push_back(opened.error().sentence);
  }
  for (const std::string& sentence : wrong) fail(sentence);
  if (wrong.empty()) return {};
  return Error{wrong.back()};
}

int ingest(const Options& options, const Context& context) {
  SensorChoice choice;
  if (!options.config.empty()) choice.config = options.config;
  if (options.has_sensor) {
    if (auto name = check_sensor_name(options.sensor); !name) return wrong_usage("--sensor: " + name.error().sentence);
    choice.sensor = options.sensor;
  }
  if (!options.kind.empty()) {
    const auto at = std::find(kSensorKindNames.begin(), kSensorKindNames.end(), options.kind);
    choice.kind = static_cast<SensorKind>(at - kSensorKindNames.begin());
  }
  Ingest::Config config;
  config.jobs = options.jobs > 0 ? options.jobs : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  config.memory_bytes = options.memory_mb * 1'000'000;
  config.batch_packets = options.batch_packets;
  auto decode = parse_decapsulation(options.tunnels);
  if (!decode) return wrong_usage(decode.error().sentence);
  config.decode = *decode;

  auto list = find_captures(options.paths, choice);
  if (!list) return fail(list.error().sentence);

  if (auto some = check_some_capture(*list, context.lake); !some) return kFailed;

  // Loading takes a tenth of a second, reading the first batch longer: both at once.
  const std::vector<std::filesystem::path> files = list->geolocation ? *list->geolocation : default_geolocation_files();
  const std::shared_future<Result<std::unique_ptr<GeolocationWatch>>> watch =
      std::async(std::launch::async, [files] { return GeolocationWatch::open(files); }).share();
  const auto geolocation = [&watch, quiet = context.quiet]() -> Result<std::shared_ptr<const Geolocation>> {
    if (!watch.get()) return watch.get().error();
    GeolocationWatch& data = **watch.get();
    if (const auto refreshed = data.refresh(); !refreshed && !quiet) {
      std::fprintf(stderr, "note: %s; the data loaded before stay in use\n", escape_for_terminal(refreshed.error().sentence).c_str());
    }
    return data.current();
  };

  // A mistake in a user's file must be heard, whatever is ingested.
  const std::vector<std::filesystem::path> users(options.signatures.begin(), options.signatures.end());
  const auto signatures = [users](bool conversations) {
    const bool all = conversations || !users.empty();
    return SignatureSet::load(users, all ? SignatureSet::Scope::everything : SignatureSet::Scope::datagrams);
  };

  const auto begin = std::chrono::steady_clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(); };
  Lake lake(context.lake);
  Ingest ingest(config, {lake, geolocation, signatures});
  Ingest::Progress progress;
  running = &ingest;
  std::signal(SIGINT, on_interrupt);
  std::signal(SIGTERM, on_interrupt);
  Result<Ingest::Report> report = Error{};
  {
    const ProgressBar bar(context.quiet, [&] {
      const std::uint64_t total = progress.bytes_total, frames = progress.frames;
      ProgressBar::State state;
      if (total > 0) state.share = static_cast<double>(progress.bytes_done) / static_cast<double>(total);
      state.text = with_thousands(frames) + " packets, " +
                   with_thousands(static_cast<std::uint64_t>(static_cast<double>(frames) / seconds())) + "/s" +
                   (progress.writing ? ", writing" : "") +
                   (progress.files > kManyFiles ? ", " + with_thousands(progress.files) + " files" : "");
      return state;
    });
    report = ingest.run(*list, progress);
  }
  running = nullptr;
  if (!report) return fail(report.error().sentence);
  if (!context.quiet) {
    if (report->captures + report->known_captures > 0) print_report(*report, context.lake, seconds());
    for (const std::string& remark : report->remarks) std::printf("note: %s\n", escape_for_terminal(remark).c_str());
  }
  int status = kDone;
  for (const std::string& failure : report->failures) status = fail(failure);
  if (interrupted) status = fail("stopped before the end; what is above is in the lake, the same command does the rest");
  return status;
}

}  // namespace

void add_ingest(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("ingest", "Captures into the lake");
  command->footer(
      "Formats: pcap, pcapng and ERF, plain or as gz, zst, xz, bz2; folders are searched.\n"
      "A capture that the lake holds already adds nothing, under any name.\n"
      "Example: nightjar ingest --sensor tokyo-1 /data/2017-11/*.pcap.zst");
  command->add_option("PATH", options->paths, "Capture files, folders, or - for standard input")->required();
  command->add_option("--config", options->config, "nightjar.toml with the sensors (default: the one in an ingested folder)");
  const CLI::Option* sensor = command->add_option("--sensor", options->sensor, "Sensor that all captures belong to");
  command->add_option("--kind", options->kind, "Kind of that sensor: darknet, honeypot or reflector")
      ->check(CLI::IsMember({"darknet", "honeypot", "reflector"}));
  command->add_option("--decapsulate", options->tunnels, "Tunnels to look into: gre, ipip, vxlan, erspan")
      ->allow_extra_args(false)
      ->delimiter(',');
  command->add_option("--signatures", options->signatures, "File or folder with signatures beside the program's own (docs/signatures.md)")
      ->envname("NIGHTJAR_SIGNATURES")
      ->allow_extra_args(false);
  command->add_option("--jobs", options->jobs, "Threads (default: one a core)")->check(CLI::Range(1, 256));
  command->add_option("--memory", options->memory_mb, "Memory to use at most, in MB")
      ->check(CLI::Range(200, 1'000'000))
      ->capture_default_str();
  command->add_option("--batch", options->batch_packets, "Packets after which a batch is closed")
      ->check(CLI::Range(1, 100'000'000))
      ->capture_default_str();
  command->callback([options, sensor, &context] {
    options->has_sensor = sensor->count() > 0;
    context.run = [options, &context] { return ingest(*options, context); };
  });
}

}  // namespace nightjar::cli
