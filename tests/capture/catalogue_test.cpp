#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "capture_bytes.hpp"

// Real captures against what tshark 4.0.17 and capinfos say of them (captures/README.md). Files are read where they stand.
namespace nightjar::test {
namespace {

const std::filesystem::path kCaptures = NIGHTJAR_CAPTURES_DIR;

struct Row {
  std::string file, format, packets;
  std::uint64_t bytes;
};

std::vector<Row> catalogue() {
  std::ifstream file(kCaptures / "catalogue.tsv");
  std::vector<Row> rows;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::vector<std::string> columns;
    std::istringstream fields(line);
    for (std::string field; std::getline(fields, field, '\t');) columns.push_back(field);
    if (columns.size() > 10) rows.push_back({columns[0] + "/" + columns[1], columns[8], columns[10], std::stoull(columns[2])});
  }
  return rows;
}

bool is_capture_by_name(const std::string& file) {
  const std::string extension = std::filesystem::path(file).extension();
  return extension == ".pcap" || extension == ".pcapng" || extension == ".cap";
}

/// Where the catalogue has no number of packets, and where ours comes from.
const std::map<std::string, std::uint64_t> kOurPackets = {
    // capinfos does not know the link type (one has bits of the frame check sequence in it); tcpdump reads one packet.
    {"malformed-tcpdump/hoobr_juniper3.pcap", 1},
    {"malformed-tcpdump/juniper_es_oobr.pcap", 1},
    {"malformed-tcpdump/juniper_monitor_invalid_cookie_length.pcap", 1},
    {"malformed-tcpdump/vtp_asan-3.pcap", 1},
    // "An error occurred after reading 6 packets": the seventh says 4,325,376 bytes.
    {"malformed/tls_DER-incomplete-header.pcap", 6},
};

TEST(Catalogue, every_capture_has_its_packets) {
  if (!std::filesystem::exists(kCaptures)) GTEST_SKIP() << "the folder of real captures is not there: " << kCaptures;
  std::size_t compared = 0;
  for (const Row& row : catalogue()) {
    std::uint64_t expected = 0;
    if (const auto ours = kOurPackets.find(row.file); ours != kOurPackets.end()) {
      ASSERT_EQ(row.packets, "") << row.file << " has a number now";
      expected = ours->second;
    } else if (row.packets.empty() || row.packets == "-") {
      EXPECT_FALSE(is_capture_by_name(row.file)) << row.file << " has no number of packets";
      continue;
    } else {
      expected = std::stoull(row.packets);
    }
    const ReadCapture read = read_all(CaptureReader::open(kCaptures / row.file, {}));
    EXPECT_EQ(read.packets.size(), expected) << row.file << " " << read.error << read.facts.damage.value_or("");
    const std::string format = read.facts.format.substr(0, read.facts.format.find('.'));
    EXPECT_EQ(format, row.format == "nsecpcap" || row.format == "-" ? "pcap" : row.format) << row.file;
    const bool compressed = format != read.facts.format;
    EXPECT_TRUE(compressed || read.facts.bytes == row.bytes) << row.file;
    ++compared;
  }
  EXPECT_GE(compared, 250u);
}

struct Times {
  std::optional<double> first, last;
};
/// Where our first or last time is another one than tshark's.
const std::map<std::string, Times> kOurTimes = {
    // The third packet says 2,147,483,648 microseconds: tshark multiplies them in 32 bits and gets 0; ours carry over.
    {"format/timestamp_invalid_micro.pcap", {std::nullopt, 1418145370.0 + 2147.483648}},
    // These begin with Simple Packet Blocks, which have no time: tshark shows none, ours is 0 before the first time.
    {"format-pcapng-gen/gen_be_basic_test011.pcapng", {0.0, std::nullopt}},
    {"format-pcapng-gen/gen_le_basic_test011.pcapng", {0.0, std::nullopt}},
    // Microseconds close to 2^64, in the year 586524: ours end in 2262.
    {"compressed/pcapng-example.pcapng.zst", {std::nullopt, 9223372036.854775807}},
};

TEST(Catalogue, first_and_last_times_are_those_of_the_reference) {
  if (!std::filesystem::exists(kCaptures)) GTEST_SKIP() << "the folder of real captures is not there: " << kCaptures;
  std::ifstream file(kCaptures / "reference.json");
  const nlohmann::json reference = nlohmann::json::parse(file);
  std::size_t compared = 0;
  for (const nlohmann::json& entry : reference) {
    const std::string name = entry.at("file");
    if (entry.at("first_epoch").is_null()) continue;
    const ReadCapture read = read_all(CaptureReader::open(kCaptures / name, {}));
    ASSERT_TRUE(read.facts.first_ns && read.facts.last_ns) << name << " " << read.error;
    double first = entry.at("first_epoch"), last = entry.at("last_epoch");
    if (const auto ours = kOurTimes.find(name); ours != kOurTimes.end()) {
      first = ours->second.first.value_or(first);
      last = ours->second.last.value_or(last);
    }
    // A double of today's seconds is good for a microsecond.
    EXPECT_NEAR(static_cast<double>(*read.facts.first_ns) / 1e9, first, 1e-6) << name;
    EXPECT_NEAR(static_cast<double>(*read.facts.last_ns) / 1e9, last, 1e-6) << name;
    EXPECT_EQ(read.packets.size(), read.facts.packets) << name;
    ++compared;
  }
  EXPECT_GE(compared, 70u);
}

TEST(Catalogue, the_same_hundred_packets_come_out_of_every_format) {
  if (!std::filesystem::exists(kCaptures)) GTEST_SKIP() << "the folder of real captures is not there: " << kCaptures;
  const ReadCapture pcap = read_all(CaptureReader::open(kCaptures / "format/100_packets.pcap", {}));
  const ReadCapture nano = read_all(CaptureReader::open(kCaptures / "format/100_packetsns.pcap", {}));
  const ReadCapture pcapng = read_all(CaptureReader::open(kCaptures / "format/100_packets.pcapng", {}));
  const ReadCapture erf = read_all(CaptureReader::open(kCaptures / "format/100_packets.erf", {}));
  ASSERT_EQ(pcap.packets.size(), 100u);
  EXPECT_EQ(nano.packets, pcap.packets);
  EXPECT_EQ(pcapng.packets, pcap.packets);
  ASSERT_EQ(erf.packets.size(), 100u);
  for (std::size_t i = 0; i < 100; ++i) {
    // Somebody once turned every 13 of the pcap files into 10, as if they were text (tshark shows it, too).
    Bytes bytes = erf.packets[i].bytes;
    std::replace(bytes.begin(), bytes.end(), std::uint8_t{13}, std::uint8_t{10});
    EXPECT_EQ(bytes, pcap.packets[i].bytes) << i;
    EXPECT_EQ(erf.packets[i].link_type, 1);
    // ERF's time is finer than the microseconds that were kept of it, and of those, too, each 13 became 10.
    EXPECT_LT(std::abs(erf.packets[i].time_ns - pcap.packets[i].time_ns), 4000) << i;
  }
}

}  // namespace
}  // namespace nightjar::test
