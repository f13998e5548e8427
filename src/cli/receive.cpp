#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <map>

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "live/child_process.hpp"
#include "relay/inbox_server.hpp"
#include "relay/tokens.hpp"

namespace nightjar::cli {
namespace {

struct Options {
  std::string address = "::", certificate, key, tokens = "tokens", folder = "received", config, new_token;
  std::uint16_t port = 9471;
  std::uint64_t segment_mb = 4'096, keep_free_mb = 1'024;
  double sensor_gb = 0;
  std::size_t connections = 64;
  bool no_lake = false;
};

std::atomic<bool> stopping{false}, reloading{false};
void on_stop(int) { stopping = true; }
void on_reload(int) { reloading = true; }

void say(const std::string& sentence) { std::fprintf(stderr, "nightjar: %s\n", escape_for_terminal(sentence).c_str()); }

/// Writes the hash, and prints the token: it stands nowhere else.
int make_token(const Options& options) {
  auto token = new_token();
  if (!token) return fail(token.error().sentence);
  if (auto added = add_token(options.tokens, options.new_token, *token); !added) return fail(added.error().sentence);
  fmt::print("{}\n", *token);
  say("that is the token of sensor '" + options.new_token +
      "': put it into a file of its own there, chmod 600, for nightjar send --token-file. Only its hash stands in " + options.tokens);
  return kDone;
}

/// Takes what arrives into the lake: for each sensor a nightjar watch of its folder, under the sensor's name.
class Watchers {
 public:
  Watchers(const Options& options, const Context& context) : options_(options), context_(context) {}
  Result<void> start(const std::vector<std::string>& sensors) {
    std::error_code error;
    const std::string program = std::filesystem::read_symlink("/proc/self/exe", error).string();
    if (error) return Error{"cannot find out where this program lies: " + error.message()};
    for (const std::string& sensor : sensors) {
      if (children_.contains(sensor)) continue;
      std::vector<std::string> words = {program,
                                        "watch",
                                        (std::filesystem::path(options_.folder) / sensor / "segments").string(),
                                        "--lake",
                                        context_.lake,
                                        "--sensor",
                                        sensor,
                                        "--settle-seconds",
                                        "1",
                                        "--quiet"};
      if (!options_.config.empty()) words.insert(words.end(), {"--config", options_.config});
      auto child = ChildProcess::start(words, 0);
      if (!child) return child.error();
      children_.emplace(sensor, *std::move(child));
    }
    return {};
  }
  void stop() {
    for (auto& [sensor, child] : children_) child.signal(SIGTERM);
    for (auto& [sensor, child] : children_) child.wait();
  }

 private:
  const Options& options_;
  const Context& context_;
  std::map<std::string, ChildProcess> children_;
};

int receive(const Options& options, const Context& context) {
  if (!options.new_token.empty()) return make_token(options);
  if (options.certificate.empty() || options.key.empty())
    return wrong_usage("--certificate and --key are needed: sensors send by HTTPS only (docs/sensors.md says how to make them)");
  InboxServerOptions wanted;
  wanted.address = options.address;
  wanted.port = options.port;
  wanted.certificate = options.certificate;
  wanted.key = options.key;
  wanted.tokens = options.tokens;
  wanted.folder = options.folder;
  wanted.limits.segment_bytes = options.segment_mb << 20;
  wanted.limits.keep_free_bytes = options.keep_free_mb << 20;
  wanted.limits.sensor_bytes = static_cast<std::uint64_t>(options.sensor_gb * 1e9);
  wanted.connections = options.connections;
  auto server = InboxServer::open(wanted, [&](const std::string& sentence) { say(sentence); });
  if (!server) return fail(server.error().sentence);
  std::signal(SIGINT, on_stop);
  std::signal(SIGTERM, on_stop);
  std::signal(SIGHUP, on_reload);
  if ((*server)->sensors().empty()) say("no sensor has a token yet: nightjar receive --new-token SENSOR makes one; then kill -HUP this");
  Watchers watchers(options, context);
  const auto watch = [&] {
    if (options.no_lake) return;
    if (auto started = watchers.start((*server)->sensors()); !started) say(started.error().sentence);
  };
  watch();
  if (!context.quiet)
    say(fmt::format("sensors may send to port {} from now on; what arrives lies in {}; Ctrl-C ends it", (*server)->port(), options.folder));
  const auto done = (*server)->run(stopping, reloading, watch);
  watchers.stop();
  const InboxServer::Counts& counts = (*server)->counts();
  if (!context.quiet)
    fmt::print("segments received: {} ({}), pieces refused: {}, requests without a known token: {}\n", with_thousands(counts.segments),
               human_bytes(counts.bytes), with_thousands(counts.refused), with_thousands(counts.unknown));
  return done ? kDone : fail(done.error().sentence);
}

}  // namespace

void add_receive(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("receive", "take capture segments of other sensors by HTTPS, and into the lake");
  command->add_option("--listen", options->address, "address to listen at; :: is all of this machine's")->capture_default_str();
  command->add_option("--port", options->port, "port to listen at; 0: any that is free")->capture_default_str();
  command->add_option("--certificate", options->certificate, "PEM file of the certificate, with those it hangs on");
  command->add_option("--key", options->key, "PEM file of its key");
  command->add_option("--tokens", options->tokens, "file of sensors and hashes of their tokens; read again on SIGHUP")
      ->capture_default_str();
  command->add_option("--new-token", options->new_token, "print a new token for this sensor, add its hash to --tokens, and end");
  command->add_option("--folder", options->folder, "where segments are put, a folder for each sensor")->capture_default_str();
  command->add_option("--config", options->config, "nightjar.toml with the sensors' prefixes and kinds");
  command->add_flag("--no-lake", options->no_lake, "only put segments there; nightjar watch or ingest takes them into a lake");
  command->add_option("--segment-mb", options->segment_mb, "most MiB of a segment")->check(CLI::Range(1, 1 << 20))->capture_default_str();
  command->add_option("--sensor-gb", options->sensor_gb, "most GB that lie there of one sensor; 0: as much as the disk has")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  command->add_option("--keep-free-mb", options->keep_free_mb, "take nothing when less of the disk would be free")
      ->check(CLI::Range(0, 1 << 20))
      ->capture_default_str();
  command->add_option("--connections", options->connections, "most connections at a time; each takes 1 MiB")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  command->footer(
      "Example: nightjar receive --new-token alpha > alpha.token\n"
      "         nightjar receive --certificate cert.pem --key key.pem --config nightjar.toml\n");
  command->callback([options, &context] { context.run = [options, &context] { return receive(*options, context); }; });
}

}  // namespace nightjar::cli
