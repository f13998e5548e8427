// The summary against reference.json: numbers that tshark computed for captures of others (captures/README.md).
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "ingest/summary.hpp"
#include "net/address.hpp"

namespace nightjar {
namespace {

using nlohmann::json;

/// A number where the reference, not Nightjar, is wrong. Each was looked at by hand.
struct Deviation {
  std::string_view file, field, ours, why;
};
constexpr std::string_view kCustomBlocks =
    "the captures' catalogue says 0: the file holds Custom Blocks and no packet; tshark counts its four Custom Blocks as packets";
constexpr std::string_view kNoTimeStamp =
    "the first packet is a Simple Packet Block, which has no time; none before it has one, so it is filed under the beginning of 1970";
const std::vector<Deviation> kDeviations = {
    {"format-pcapng-gen/gen_be_basic_test017.pcapng", "packets", "0", kCustomBlocks},
    {"format-pcapng-gen/gen_be_basic_test017.pcapng", "not_ip", "0", kCustomBlocks},
    {"format-pcapng-gen/gen_le_basic_test017.pcapng", "packets", "0", kCustomBlocks},
    {"format-pcapng-gen/gen_le_basic_test017.pcapng", "not_ip", "0", kCustomBlocks},
    {"format-pcapng-gen/gen_be_basic_test011.pcapng", "first_epoch", "0.0", kNoTimeStamp},
    {"format-pcapng-gen/gen_le_basic_test011.pcapng", "first_epoch", "0.0", kNoTimeStamp},
    {"compressed/pcapng-example.pcapng.zst", "last_epoch", "9223372036.854776",
     "time stamps of the year 586,524 (a negative time written as unsigned microseconds) are moved to the last time there is, 2262"},
    {"format/timestamp_invalid_micro.pcap", "last_epoch", "1418147517.483648",
     "tshark prints the invalid 2,147,483,648 microseconds as digits behind the point; carried over they are 2,147 s (tcpdump -tt shows "
     "them)"},
    {"linktype/frag-30.pcap", "protocols", R"({"icmpv6":56})",
     "reference.sh takes the protocol from what tshark dissects; the fragment headers of the 47 fragments say ICMPv6"},
    {"linktype/ip6_fragments.pcap", "protocols", R"({"udp":36})", "the same: the fragment headers of the 32 later fragments say UDP"},
    {"linktype/ipv6_options.pcap", "protocols", R"({"icmpv6":2,"ipproto-89":2,"udp":2})",
     "OSPF behind IPv6, named ipproto-89 as behind IPv4"},
    {"linktype/ip_fragmented_garbage.pcap", "tcp_syn_ack", "0",
     "tshark reads flags out of a first fragment with 16 bytes of TCP; the counting rules ask for 20"},
    {"linktype/ip_fragmented_garbage.pcap", "tcp_syn_ack_sources", "0", "the same packet"},
};

json pairs(const std::vector<Summary::PortCount>& list, std::size_t most) {
  json result = json::array();
  for (std::size_t i = 0; i < std::min(list.size(), most); ++i) result.push_back({list[i].first, list[i].second});
  return result;
}

json seconds(const std::optional<std::int64_t>& time_ns) { return time_ns ? json(static_cast<double>(*time_ns) / 1e9) : json(nullptr); }

/// Our numbers under the reference's names.
json in_terms_of_the_reference(const Summary& summary) {
  json ours = {{"packets", summary.packets},
               {"ipv4", summary.ipv4},
               {"ipv6", summary.ipv6},
               {"not_ip", summary.not_ip},
               {"unique_src_ipv4", summary.sources_ipv4},
               {"unique_src_ipv6", summary.sources_ipv6},
               {"tcp_syn_only", summary.tcp_syn},
               {"tcp_syn_only_sources", summary.tcp_syn_sources},
               {"tcp_syn_ack", summary.tcp_syn_ack},
               {"tcp_syn_ack_sources", summary.tcp_syn_ack_sources},
               {"tcp_rst", summary.tcp_rst},
               {"tcp_null_flags", summary.tcp_null_flags},
               {"top_tcp_syn_dst_ports", pairs(summary.tcp_syn_ports, 10)},
               {"top_udp_dst_ports", pairs(summary.udp_ports, 10)},
               {"syn_windows", pairs(summary.syn_windows, 6)},
               {"first_epoch", seconds(summary.first_ns)},
               {"last_epoch", seconds(summary.last_ns)}};
  ours["protocols"] = json::object();
  for (const auto& [number, packets] : summary.ranked_protocols()) ours["protocols"][protocol_name(number)] = packets;
  for (const Summary::Fingerprint& entry : summary.fingerprints) {
    if (entry.name == "mirai") {
      ours["mirai"] = entry.packets;
      ours["mirai_sources"] = entry.sources;
    }
    if (entry.name == "masscan") ours["masscan"] = entry.packets;
    if (entry.name == "zmap-classic") ours["zmap"] = entry.packets;
  }
  for (const std::uint16_t window : {1024, 8192, 14600}) {
    std::uint64_t packets = 0;
    for (const auto& [value, count] : summary.syn_windows) packets += value == window ? count : 0;
    ours["syn_window_" + std::to_string(window)] = packets;
  }
  return ours;
}

/// The reference counts frames without IP among the protocols; Nightjar's protocols are those of IP packets.
json without_link_protocols(json protocols) {
  protocols.erase("arp");
  protocols.erase("other");
  return protocols;
}

bool equal(const json& a, const json& b) {
  // Epochs are printed with at least microseconds and held as doubles.
  if (a.is_number_float() || b.is_number_float())
    return a.is_number() && b.is_number() && std::abs(a.get<double>() - b.get<double>()) < 2e-6;
  return a == b;
}

const Deviation* find_deviation(const std::string& file, const std::string& field) {
  for (const Deviation& entry : kDeviations) {
    if (entry.file == file && entry.field == field) return &entry;
  }
  return nullptr;
}

TEST(SummaryOfRealCaptures, EqualsTheReference) {
  const std::filesystem::path folder = NIGHTJAR_CAPTURES_DIR;
  std::ifstream stream(folder / "reference.json");
  if (!stream) GTEST_SKIP() << "the captures with expected numbers are not there: " << folder;
  const json reference = json::parse(stream);
  ASSERT_FALSE(reference.empty());
  std::size_t missing = 0;
  std::set<const Deviation*> met;
  for (const json& expected : reference) {
    const std::string file = expected["file"];
    if (!std::filesystem::exists(folder / file)) {
      ++missing;
      continue;
    }
    const Summaries summaries = summarise({folder / file}, {}, 1);
    ASSERT_TRUE(summaries.files[0].readable) << file << ": " << summaries.files[0].damage.value_or("");
    const json summary = in_terms_of_the_reference(summaries.files[0]);
    for (const auto& [field, ours] : summary.items()) {
      const json theirs = field == "protocols" ? without_link_protocols(expected[field]) : expected[field];
      if (const Deviation* deviation = find_deviation(file, field)) {
        met.insert(deviation);
        EXPECT_TRUE(equal(json::parse(deviation->ours), ours))
            << file << ": " << field << " is " << ours << ", noted as " << deviation->ours;
        EXPECT_FALSE(equal(theirs, ours)) << file << ": " << field << " agrees by now; the note can go";
      } else {
        EXPECT_TRUE(equal(theirs, ours)) << file << ": " << field << " is " << ours << ", tshark says " << theirs;
      }
    }
  }
  if (missing == 0) {
    EXPECT_EQ(kDeviations.size(), met.size()) << "a noted difference names a file or field that is not there";
  }
  if (missing > 0) std::printf("skipped: %zu captures of the reference are not there\n", missing);
  for (const Deviation& entry : kDeviations) {
    std::printf("differs: %s, %s: %s\n", std::string(entry.file).c_str(), std::string(entry.field).c_str(), std::string(entry.why).c_str());
  }
}

/// Files of a topic's folder whose name starts like this.
std::vector<std::filesystem::path> captures_in(const std::vector<std::string>& topics) {
  std::vector<std::filesystem::path> paths;
  for (const std::string& topic : topics) {
    const std::filesystem::path folder = std::filesystem::path(NIGHTJAR_CAPTURES_DIR) / topic;
    if (!std::filesystem::is_directory(folder)) continue;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

/// What capinfos could read, by "topic/file" (catalogue.tsv: topic, file, ... packets in the eleventh column).
std::map<std::string, std::uint64_t> catalogued_packets() {
  std::map<std::string, std::uint64_t> packets;
  std::ifstream stream(std::filesystem::path(NIGHTJAR_CAPTURES_DIR) / "catalogue.tsv");
  for (std::string line; std::getline(stream, line);) {
    std::vector<std::string> cells(1);
    for (const char c : line) {
      if (c == '\t') {
        cells.emplace_back();
      } else {
        cells.back() += c;
      }
    }
    constexpr std::size_t kPackets = 10;
    if (cells.size() > kPackets && !cells[kPackets].empty() && cells[kPackets].find_first_not_of("0123456789") == std::string::npos) {
      packets[cells[0] + "/" + cells[1]] = std::stoull(cells[kPackets]);
    }
  }
  return packets;
}

TEST(SummaryOfMalformedCaptures, CountsWhatIsReadable) {
  const auto paths = captures_in({"malformed", "malformed-tcpdump"});
  if (paths.empty()) GTEST_SKIP() << "the malformed captures are not there: " << NIGHTJAR_CAPTURES_DIR;
  const auto catalogued = catalogued_packets();
  std::size_t compared = 0;
  for (const DecodeOptions& options : {DecodeOptions{}, DecodeOptions{true, true, true, true}}) {
    const Summaries summaries = summarise(paths, options, 2);
    for (const Summary& summary : summaries.files) {
      const std::filesystem::path path = summary.file;
      std::uint64_t accounted = summary.not_ip + summary.undecodable_packets();
      for (const std::uint64_t packets : summary.classes) accounted += packets;
      EXPECT_EQ(summary.packets, accounted) << path;
      EXPECT_TRUE(summary.readable || !summary.damage.value_or("").empty()) << path;
      const auto known = catalogued.find(path.parent_path().filename().string() + "/" + path.filename().string());
      if (known == catalogued.end()) continue;
      EXPECT_EQ(known->second, summary.packets) << path;
      ++compared;
    }
  }
  EXPECT_GT(compared, 200u);
}

// capinfos refuses the link types of these; tcpdump -r reads one packet out of each.
TEST(SummaryOfMalformedCaptures, CountsPacketsOfUnknownLinkTypes) {
  for (const char* name :
       {"hoobr_juniper3.pcap", "juniper_es_oobr.pcap", "juniper_monitor_invalid_cookie_length.pcap", "vtp_asan-3.pcap"}) {
    const auto path = std::filesystem::path(NIGHTJAR_CAPTURES_DIR) / "malformed-tcpdump" / name;
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "not there: " << path;
    const Summaries summaries = summarise({path}, {}, 1);
    EXPECT_EQ(1u, summaries.files[0].packets) << name;
    EXPECT_EQ(1u, summaries.files[0].undecodable[static_cast<std::size_t>(Undecodable::link_unsupported)]) << name;
  }
}

TEST(SummaryOfMalformedCaptures, SaysWhereTheyBreak) {
  const std::filesystem::path folder = std::filesystem::path(NIGHTJAR_CAPTURES_DIR) / "malformed";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "not there: " << folder;
  const Summaries summaries = summarise({folder / "tls_DER-incomplete-header.pcap", folder / "bogus-content.txt"}, {}, 1);
  EXPECT_EQ(6u, summaries.files[0].packets);  // as capinfos: "an error occurred after reading 6 packets"
  EXPECT_NE(std::string::npos, summaries.files[0].damage.value_or("").find("byte 5035"));
  EXPECT_FALSE(summaries.files[1].readable);
  EXPECT_NE(std::string::npos, summaries.files[1].damage.value_or("").find("not a capture"));
}

}  // namespace
}  // namespace nightjar
