#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <csignal>
#include <cstdio>

#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "relay/https_client.hpp"
#include "relay/inbox_client.hpp"
#include "relay/segment_outbox.hpp"
#include "relay/segment_sender.hpp"
#include "relay/tokens.hpp"
#include "sensor/sensors.hpp"

namespace nightjar::cli {
namespace {

struct Options {
  std::string to, token, authority, sensor, segments = "segments";
  std::int64_t keep_days = -1;
  std::uint32_t every = 10, seconds = 60;
  bool once = false;
};

std::atomic<bool> stopping{false};
void on_stop(int) { stopping = true; }

void say(const std::string& sentence) { std::fprintf(stderr, "nightjar: %s\n", escape_for_terminal(sentence).c_str()); }

int send(const Options& options, const Context& context) {
  if (auto name = check_sensor_name(options.sensor); !name) return wrong_usage("--sensor: " + name.error().sentence);
  HttpsClientOptions to;
  auto url = parse_central_url(options.to);
  if (!url) return wrong_usage("--to: " + url.error().sentence);
  to.url = *std::move(url);
  to.authority = options.authority;
  to.seconds = options.seconds;
  auto token = read_token(options.token);
  if (!token) return fail(token.error().sentence);
  to.token = *std::move(token);
  auto outbox = SegmentOutbox::open(options.segments, options.sensor);
  if (!outbox) return fail(outbox.error().sentence);
  const std::filesystem::path lock_file = std::filesystem::path(options.segments) / ("sent-" + options.sensor + ".lock");
  auto lock = FileLock::take(lock_file, FileLock::Kind::exclusive, false);
  if (!lock) return fail("another nightjar send brings the segments of '" + options.sensor + "' away: " + lock.error().sentence);
  auto connection = HttpsClient::make(to);
  if (!connection) return fail(connection.error().sentence);
  HttpsInboxClient client(**connection);
  std::signal(SIGINT, on_stop);
  std::signal(SIGTERM, on_stop);
  SenderRules rules;
  rules.every_seconds = options.every;
  rules.keep_days = options.keep_days;
  rules.once = options.once;
  SegmentSender sender(*outbox, client, rules, say);
  if (!context.quiet && !options.once)
    say("closed segments of sensor '" + options.sensor + "' in " + options.segments + " go to " + options.to + "; Ctrl-C ends it");
  const auto done = sender.run(stopping);
  const SegmentSender::Counts& counts = sender.counts();
  if (!context.quiet)
    fmt::print("segments brought: {}, sent: {}, failures: {}\n", with_thousands(counts.segments), human_bytes(counts.bytes),
               with_thousands(counts.failures));
  return done ? kDone : fail(done.error().sentence);
}

}  // namespace

void add_send(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("send", "bring a sensor's closed capture segments to a central node (nightjar receive)");
  command->add_option("--to", options->to, "the central node: https://HOST[:PORT]")->required();
  command->add_option("--token-file", options->token, "file with the token that nightjar receive --new-token printed")->required();
  command->add_option("--ca", options->authority, "PEM file of the certificate that is believed; the system's if it is left out");
  command->add_option("--sensor", options->sensor, "name that nightjar capture gave the segments")->required();
  command->add_option("--segments", options->segments, "folder of the capture segments")->capture_default_str();
  command->add_option("--keep-days", options->keep_days, "delete segments that arrived when they are older; 0: at once; left out: never")
      ->check(CLI::Range(0, 36'500));
  command->add_option("--every", options->every, "seconds between two looks for closed segments")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  command->add_option("--timeout", options->seconds, "seconds for connecting, for a request, for an answer")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  command->add_flag("--once", options->once, "end when nothing waits any more, or at the first failure");
  command->footer(
      "Example: nightjar send --to https://central.example --token-file token --sensor alpha --keep-days 7\n"
      "Segments wait here for as long as the central node cannot be reached.\n");
  command->callback([options, &context] { context.run = [options, &context] { return send(*options, context); }; });
}

}  // namespace nightjar::cli
