// Makes a capture of darknet traffic: the same arguments make the same bytes.
#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "bench/traffic.hpp"
#include "simulate/frame.hpp"

namespace nightjar::bench {
namespace {

/// A file or standard output, written in large pieces.
class CaptureFile {
 public:
  static Result<CaptureFile> create(const std::string& path) {
    const int descriptor = path == "-" ? STDOUT_FILENO : ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (descriptor < 0) return errno_error("cannot write " + path, errno);
    CaptureFile file(descriptor);
    std::memcpy(file.buffer_.data(), simulate::kPcapHeader.data(), sizeof simulate::kPcapHeader);
    file.filled_ = sizeof simulate::kPcapHeader;
    return file;
  }

  Result<void> add(const Knock& knock) {
    filled_ = static_cast<std::size_t>(simulate::write_record(buffer_.data() + filled_, knock) - buffer_.data());
    return filled_ + simulate::kLargestRecord > buffer_.size() ? flush() : Result<void>();
  }

  Result<void> flush() {
    for (std::size_t done = 0; done < filled_;) {
      const ssize_t size = ::write(descriptor_, buffer_.data() + done, filled_ - done);
      if (size < 0 && errno == EINTR) continue;
      if (size < 0) return errno_error("cannot write the capture", errno);
      done += static_cast<std::size_t>(size);
    }
    written_ += filled_;
    filled_ = 0;
    return {};
  }
  std::uint64_t written() const { return written_; }

 private:
  explicit CaptureFile(int descriptor) : descriptor_(descriptor), buffer_(1 << 20) {}
  int descriptor_;
  std::vector<std::uint8_t> buffer_;
  std::size_t filled_ = 0;
  std::uint64_t written_ = 0;
};

/// Exact packets and sources per protocol, class and port, counted from what was drawn, not from the bytes.
class Truth {
 public:
  void add(const Traffic& traffic, const Knock& knock) {
    const std::uint32_t key =
        static_cast<std::uint32_t>(knock.protocol) << 24 | static_cast<std::uint32_t>(traffic.traffic_class()) << 16 | traffic.filed_port();
    seen_.push_back({key, knock.from.high});
  }

  Result<void> write(const std::string& path) {
    std::sort(seen_.begin(), seen_.end());
    std::FILE* file = std::fopen(path.c_str(), "w");
    if (file == nullptr) return errno_error("cannot write " + path, errno);
    std::fputs("protocol,class,port,packets,sources\n", file);
    for (std::size_t i = 0; i < seen_.size();) {
      const std::size_t first = i;
      std::size_t sources = 0;
      for (; i < seen_.size() && seen_[i].key == seen_[first].key; ++i) sources += i == first || seen_[i].host != seen_[i - 1].host;
      const std::uint32_t key = seen_[first].key;
      std::fprintf(file, "%u,%u,%u,%zu,%zu\n", key >> 24, key >> 16 & 0xff, key & 0xffff, i - first, sources);
    }
    const bool failed = std::ferror(file) != 0;
    return std::fclose(file) != 0 || failed ? Result<void>(errno_error("cannot write " + path, errno)) : Result<void>();
  }

 private:
  struct Seen {
    std::uint32_t key;
    std::uint64_t host;  ///< the IPv4 address, or the upper half of the IPv6 address
    auto operator<=>(const Seen&) const = default;
  };
  std::vector<Seen> seen_;
};

Result<void> generate(const TrafficConfig& config, const std::string& path, const std::string& truth_path) {
  auto file = CaptureFile::create(path);
  if (!file) return file.error();
  Traffic traffic(config);
  Truth truth;
  for (std::uint64_t i = 0; i < config.packets; ++i) {
    const Knock& knock = traffic.next();
    if (!truth_path.empty()) truth.add(traffic, knock);
    if (auto added = file->add(knock); !added) return added;
  }
  if (auto flushed = file->flush(); !flushed) return flushed;
  std::fprintf(stderr, "%s packets, %s\n", with_thousands(config.packets).c_str(), human_bytes(file->written()).c_str());
  return truth_path.empty() ? Result<void>() : truth.write(truth_path);
}

}  // namespace
}  // namespace nightjar::bench

int main(int argc, char** argv) {
  using namespace nightjar;
  bench::TrafficConfig config;
  std::string path, truth, start = "2017-11-23", prefix = "198.18.0.0/16";
  double days = 1;
  CLI::App app{"Makes a capture of modelled darknet traffic (pcap); the same arguments make the same bytes."};
  app.add_option("FILE", path, "Where to write; - for standard output")->required();
  app.add_option("--packets", config.packets, "Packets")->capture_default_str()->check(CLI::PositiveNumber);
  app.add_option("--sources", config.sources, "Source addresses")->capture_default_str()->check(CLI::Range(1U, 100'000'000U));
  app.add_option("--days", days, "Length in days; a fraction is fine")->capture_default_str()->check(CLI::Range(0.0001, 10'000.0));
  app.add_option("--start", start, "First day (UTC)")->capture_default_str();
  app.add_option("--prefix", prefix, "The dark addresses (IPv4)")->capture_default_str();
  app.add_option("--ipv6-share", config.ipv6_share, "Share of packets over IPv6")->capture_default_str()->check(CLI::Range(0.0, 1.0));
  app.add_option("--seed", config.seed, "Another seed makes other traffic of the same kind")->capture_default_str();
  app.add_option("--truth", truth, "Also write packets and sources per protocol, class and port (CSV)");
  app.add_flag("--distinct-sources", config.distinct_sources, "Every packet from a source of its own");
  CLI11_PARSE(app, argc, argv);

  const auto complain = [](const Error& error) {
    std::fprintf(stderr, "bench_generate: %s\n", error.sentence.c_str());
    return 1;
  };
  const auto day = parse_day(start);
  if (!day) return complain(day.error());
  const auto dark = parse_prefix(prefix);
  if (!dark) return complain(dark.error());
  if (dark->first.version != 4 || dark->length == 0) return complain({prefix + " is not an IPv4 prefix that leaves room for sources"});
  config.start_second = *day * kSecondsPerDay;
  config.span_seconds = static_cast<std::uint64_t>(days * static_cast<double>(kSecondsPerDay));
  config.prefix = *dark;
  config.prefix6 = *parse_prefix("2001:db8:5c::/64");
  const auto done = bench::generate(config, path, truth);
  return done ? 0 : complain(done.error());
}
