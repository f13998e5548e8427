#include <unistd.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/text.hpp"
#include "base/time.hpp"
#include "cli/commands.hpp"
#include "cli/decapsulation.hpp"
#include "cli/evidence_keys.hpp"
#include "cli/evidence_subject.hpp"
#include "figure/values.hpp"
#include "ingest/evidence_cut.hpp"
#include "store/lake.hpp"

namespace nightjar::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kHighestMost = 50'000'000;
constexpr std::size_t kLeastDigits = 4, kDigits = 16;
/// Keys of rows that are held at a time, 20 bytes each; of more the captures are read several times.
constexpr std::size_t kKeysAtOnce = 12'000'000;

struct Options {
  std::string id, output, from, to, config;
  std::vector<std::string> tunnels;
  std::uint64_t most = 1'000'000;
};

/// The options as what they mean.
struct Asked {
  std::string digits;
  std::optional<std::int64_t> from_ns, to_ns;
  DecodeOptions decode;
};

/// Set by Ctrl-C; the second one ends the process at once.
std::atomic<bool> interrupted{false};
void on_interrupt(int number) {
  interrupted = true;
  std::signal(number, SIG_DFL);
}

/// "2017-11-23", or with a time behind it: "2017-11-23T05:00", "2017-11-23T05:00:30Z"; UTC.
Result<std::int64_t> time_of(std::string text) {
  constexpr std::size_t date = 10, to_minutes = 16, to_seconds = 19;
  if (text.size() > date) {
    if (text.back() == 'Z') text.pop_back();
    if (text.size() == to_minutes) text += ":00";
    if (const auto second = second_of_text(text); second && text.size() == to_seconds) return *second * kNanosPerSecond;
    return Error{"\"" + text + "\" is no time: give a day like 2017-11-23, or a time like 2017-11-23T05:00 (UTC)"};
  }
  const auto day = parse_day(text);
  if (!day) return day.error();
  return *day * kSecondsPerDay * kNanosPerSecond;
}

Result<Asked> read(const Options& options) {
  Asked asked;
  asked.digits = options.id;
  for (char& c : asked.digits)
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
  if (asked.digits.find_first_not_of("0123456789abcdef") != std::string::npos || asked.digits.size() < kLeastDigits ||
      asked.digits.size() > kDigits)
    return Error{"\"" + options.id + "\" is no number of an incident or attack: give its 16 hexadecimal digits, or the first 4 at least"};
  for (const auto& [text, time] : {std::pair(&options.from, &asked.from_ns), std::pair(&options.to, &asked.to_ns)}) {
    if (text->empty()) continue;
    auto parsed = time_of(*text);
    if (!parsed) return parsed.error();
    *time = *parsed;
  }
  if (asked.from_ns && asked.to_ns && *asked.from_ns >= *asked.to_ns) return Error{"--from must be before --to"};
  if (options.most < 1 || options.most > kHighestMost) return Error{"--most is a number from 1 to " + with_thousands(kHighestMost)};
  if (options.output == "-" && ::isatty(STDOUT_FILENO) != 0)
    return Error{"packets are no text for a terminal: name a file with -o FILE, or lead standard output into one"};
  auto decode = parse_decapsulation(options.tunnels);
  if (!decode) return decode.error();
  asked.decode = *decode;
  return asked;
}

/// What all batches hold of captures, by the sensors' places in `names`.
std::vector<EvidenceCapture> captures_of(const std::vector<Manifest>& manifests, std::vector<std::string>& names) {
  std::vector<EvidenceCapture> captures;
  for (const Manifest& manifest : manifests) {
    for (const ManifestCapture& capture : manifest.captures) {
      EvidenceCapture evidence;
      evidence.was = capture;
      evidence.was.milestones.clear();
      const auto at = std::ranges::find(names, capture.sensor);
      evidence.sensor = static_cast<std::uint16_t>(at - names.begin());
      if (at == names.end()) names.push_back(capture.sensor);
      captures.push_back(std::move(evidence));
    }
  }
  // Of what is read first the later packets need not be kept.
  std::ranges::stable_sort(captures, {}, [](const EvidenceCapture& capture) { return capture.was.first_ns.value_or(INT64_MIN); });
  return captures;
}

/// The subject's time as far as it was asked for, in whole hours or minutes.
void narrow(EvidenceSubject& subject, const Asked& asked) {
  const std::int64_t unit = row_length_ns(subject.table);
  if (asked.from_ns) subject.from_ns = std::max(subject.from_ns, floor_div(*asked.from_ns, unit) * unit);
  if (asked.to_ns) subject.to_ns = std::min(subject.to_ns, floor_div(*asked.to_ns + unit - 1, unit) * unit);
}

bool cuts_rows(const EvidenceSubject& subject, const Asked& asked) {
  return (asked.from_ns && *asked.from_ns > subject.from_ns) || (asked.to_ns && *asked.to_ns < subject.to_ns);
}

std::string packets_text(std::uint64_t count) { return with_thousands(count) + (count == 1 ? " packet" : " packets"); }

void remark(const std::string& sentence) { std::fprintf(stderr, "note: %s\n", escape_for_terminal(sentence).c_str()); }

struct Cut {
  std::uint64_t counted = 0;  ///< packets of the rows
  bool comparable = false;    ///< all packets of the rows were looked for
  std::uint64_t taken = 0;
  std::size_t captures = 0;
  bool modelled = false;
  EvidencePackets::Written written;
};

/// What is to be known of evidence besides the packets.
void print_report(const Options& options, const EvidenceSubject& subject, const Cut& cut, const std::vector<EvidenceCapture>& captures,
                  bool quiet) {
  if (cut.modelled) remark("modelled data: nightjar simulate made these packets, they are no traffic of the Internet");
  for (const EvidenceCapture& capture : captures)
    if (!capture.trouble.empty()) remark(capture.trouble);
  const EvidencePackets::Written& written = cut.written;
  if (written.more)
    remark("there are more than " + packets_text(options.most) +
           ": the first of them were written; --most allows more, --from and --to other ones");
  if (cut.comparable && !written.more && cut.taken < cut.counted)
    remark("the lake counts " + packets_text(cut.counted) + ", the captures that could be read hold " + with_thousands(cut.taken) +
           " of them");
  if (cut.comparable && !written.more && cut.taken > cut.counted)
    remark("the lake counts " + packets_text(cut.counted) +
           ", fewer than were found: name the nightjar.toml by which the captures were ingested with --config");
  if (written.pcapng) remark("the captures differ in their link types (or times): written as pcapng, which holds several");
  if (quiet) return;
  std::fprintf(stderr, "%s of %s out of %zu %s, from %s to %s, written%s (%s)\n", packets_text(written.packets).c_str(),
               escape_for_terminal(subject.name).c_str(), cut.captures, cut.captures == 1 ? "capture" : "captures",
               format_time(written.first_ns).c_str(), format_time(written.last_ns).c_str(),
               options.output == "-" ? "" : (" to " + escape_for_terminal(options.output)).c_str(), human_bytes(written.bytes).c_str());
}

Result<std::vector<Sensor>> configured_sensors(const std::string& config) {
  if (config.empty()) return std::vector<Sensor>();
  auto read = read_sensor_config(config);
  if (!read) return read.error();
  return std::move(read->sensors);
}

/// Reads, cuts and writes. `captures` learn what is wrong with them.
Result<Cut> cut_out(const Options& options, const Asked& asked, const std::shared_ptr<const Snapshot>& snapshot,
                    const EvidenceSubject& subject, const std::vector<std::string>& sensors, std::vector<EvidenceCapture>& captures) {
  auto configured = configured_sensors(options.config);
  if (!configured) return configured.error();
  QueryOptions days;
  days.from_day = day_of(subject.from_ns);
  days.to_day = day_of(subject.to_ns - 1) + 1;
  auto session = QuerySession::open(snapshot, days);
  if (!session) return session.error();
  const auto slots = evidence_slots(**session, subject);
  if (!slots) return slots.error();

  Cut cut;
  for (const EvidenceSlot& slot : *slots) cut.counted += slot.packets;
  cut.comparable = !cuts_rows(subject, asked);
  if (slots->empty()) return Error{"the lake has no packets of " + subject.name + " in that time"};
  EvidenceCut::Config config;
  config.decode = asked.decode;
  config.from_ns = asked.from_ns.value_or(INT64_MIN);
  config.to_ns = asked.to_ns.value_or(INT64_MAX);
  config.sensors = *std::move(configured);
  config.stopped = [] { return interrupted.load(); };
  EvidenceCut cutter(config, captures);
  const fs::path output = options.output;
  EvidencePackets packets(output == "-"              ? fs::temp_directory_path()
                          : output.has_parent_path() ? output.parent_path()
                                                     : fs::path("."),
                          options.most);
  auto taken =
      each_row_keys(**session, subject, *slots, sensors, kKeysAtOnce, [&](const RowKeys& keys) { return cutter.take(keys, packets); });
  if (!taken) return taken.error();
  cut.taken = cutter.taken();
  cut.captures = cutter.captures_read();
  for (const EvidenceCapture& capture : captures) cut.modelled = cut.modelled || (capture.located && capture.was.modelled);
  if (cut.taken == 0) return cut;
  auto written = packets.write(output, subject.name + (cut.modelled ? "; modelled data" : ""), config.stopped);
  if (!written) return written.error();
  cut.written = *written;
  return cut;
}

int run(const Options& options, const Context& context) {
  const auto asked = read(options);
  if (!asked) return wrong_usage(asked.error().sentence);
  std::error_code ignored;
  if (!fs::exists(context.lake, ignored))
    return fail("there is no lake at " + context.lake + "; nightjar ingest makes one, --lake names another");
  Lake lake(context.lake);
  auto snapshot = lake.snapshot();
  if (!snapshot) return fail(snapshot.error().sentence);
  auto session = QuerySession::open(*snapshot, {});
  if (!session) return fail(session.error().sentence);
  auto subject = find_evidence_subject(**session, asked->digits);
  if (!subject) return fail(subject.error().sentence);
  session->reset();
  narrow(*subject, *asked);
  if (subject->from_ns >= subject->to_ns) return fail("that time lies outside of " + subject->name);
  const auto manifests = lake.manifests(**snapshot);
  if (!manifests) return fail(manifests.error().sentence);
  std::vector<std::string> sensors;
  std::vector<EvidenceCapture> captures = captures_of(*manifests, sensors);
  for (const EvidenceCapture& capture : captures)
    if (options.output != "-" && fs::equivalent(options.output, capture.was.path, ignored))
      return fail(options.output + " is a capture that the lake was made from: evidence is written to another file");

  std::signal(SIGINT, on_interrupt);
  std::signal(SIGTERM, on_interrupt);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  const auto cut = cut_out(options, *asked, *snapshot, *subject, sensors, captures);
  if (!cut) return fail(cut.error().sentence);
  if (cut->taken == 0) {
    for (const EvidenceCapture& capture : captures)
      if (!capture.trouble.empty()) remark(capture.trouble);
    return fail("no packet of " + subject->name + " is in a capture that could be read; nothing was written");
  }
  print_report(options, *subject, *cut, captures, context.quiet);
  return kDone;
}

}  // namespace

void add_evidence(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("evidence", "The packets behind an incident or attack, cut out of the captures");
  auto options = std::make_shared<Options>();
  command->add_option("ID", options->id, "Number of an incident or attack, or its first digits")->required();
  command->add_option("-o,--output", options->output, "Capture file to write, or - for standard output")->required();
  command->add_option("--from", options->from, "First UTC day or time, like 2017-11-01 or 2017-11-01T05:00");
  command->add_option("--to", options->to, "UTC day or time after the last one: the end is not included");
  command->add_option("--most", options->most, "Packets to write at most, the first ones")->capture_default_str();
  command->add_option("--config", options->config,
                      "nightjar.toml with the sensors (default: the one in the capture's folder or above it that names its sensor)");
  command->add_option("--decapsulate", options->tunnels, "Tunnels to look into, as at ingest: gre, ipip, vxlan, erspan")
      ->allow_extra_args(false)
      ->delimiter(',');
  command->footer(
      "The captures must lie where they lay when they were ingested (they may have been compressed since).\n"
      "Packets keep their bytes and their times. The file is pcap with nanoseconds, or pcapng where link types differ.\n"
      "Example:\n  nightjar evidence 8f3a51c0 -o wave.pcap --from 2017-11-23 --to 2017-11-24");
  command->callback([options, &context] { context.run = [options, &context] { return run(*options, context); }; });
}

}  // namespace nightjar::cli
