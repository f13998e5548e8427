#include "ingest/summary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "ingest/summary_json.hpp"
#include "ingest/summary_page.hpp"
#include "support/packet_builder.hpp"
#include "support/pcap_file.hpp"
#include "support/temp_folder.hpp"

namespace nightjar {
namespace {

using nlohmann::json;
using test::hex;
using test::kNov23;
using test::packet;
using test::PcapFile;
using testing::HasSubstr;

constexpr std::int64_t kSecond = 1'000'000'000;

class SummaryTest : public testing::Test {
 protected:
  std::filesystem::path write(std::string_view name, const PcapFile& capture) { return folder_.write(name, capture.content()); }
  json summarise_json(const std::vector<std::filesystem::path>& paths, const DecodeOptions& options = {}, int jobs = 1) {
    return json::parse(summary_json(summarise(paths, options, jobs)));
  }

  TempFolder folder_;
};

/// One packet of each kind, put together so that every number below can be counted by hand.
PcapFile one_of_each() {
  PcapFile capture;
  capture.add(packet().at(kNov23 + 5 * kSecond).from("203.0.113.1").tcp().syn().to("192.0.2.1").seq(0xc0000201).port(23).window(5840));
  capture.add(packet().at(kNov23 + 1 * kSecond).from("203.0.113.1").tcp().syn().to("192.0.2.2").port(2323).window(5840).ip_id(54321));
  capture.add(packet().at(kNov23).from("203.0.113.2").tcp().syn().ack().src_port(80).port(1024));
  capture.add(packet().at(kNov23).from("203.0.113.2").tcp().rst().src_port(80).port(1024));
  capture.add(packet().at(kNov23).from("203.0.113.3").tcp().flags(tcp_flag::kEce));
  capture.add(packet().at(kNov23).from("203.0.113.4").udp().port(53).payload("a"));
  capture.add(packet().at(kNov23).from("203.0.113.4").udp().port(1900).payload("a"));
  capture.add(packet().at(kNov23).from("203.0.113.4").udp().port(53).fragment(8).payload("a"));
  capture.add(packet().at(kNov23).from("203.0.113.5").icmp(8));
  capture.add(packet().at(kNov23).from("2001:db8::1").to("2001:db8::ff").icmp(128));
  capture.add(packet().at(kNov23).from("203.0.113.6").protocol_number(47));
  capture.add_frame(hex("ffffffffffff 020000000001 0806 0001"), kNov23);
  auto truncated = packet().from("203.0.113.7").tcp().syn().ethernet();
  truncated.resize(14 + 20 + 10);
  capture.add_frame(truncated, kNov23, 10);
  capture.add_frame(hex("0200"), kNov23 + 100 * kSecond + kSecond / 2);
  return capture;
}

TEST_F(SummaryTest, CountsByHand) {
  const json summary = summarise_json({write("each.pcap", one_of_each())});
  EXPECT_EQ(14, summary["packets"]);
  EXPECT_EQ(11, summary["ipv4"]) << "the truncated TCP header had an IP header";
  EXPECT_EQ(1, summary["ipv6"]);
  EXPECT_EQ(1, summary["not_ip"]);
  EXPECT_EQ((json{{"tcp_truncated", 1}, {"link_truncated", 1}}), summary["undecodable"]);
  EXPECT_EQ((json{{"tcp", 6}, {"udp", 3}, {"icmp", 1}, {"icmpv6", 1}, {"gre", 1}}), summary["protocols"]);
  EXPECT_EQ(8, summary["sources"]);
  EXPECT_EQ(7, summary["sources_ipv4"]);
  EXPECT_EQ(1, summary["sources_ipv6"]);
  EXPECT_EQ(3, summary["destinations"]);
  EXPECT_EQ(2, summary["tcp_syn"]);
  EXPECT_EQ(1, summary["tcp_syn_sources"]);
  EXPECT_EQ(1, summary["tcp_syn_ack"]);
  EXPECT_EQ(1, summary["tcp_syn_ack_sources"]);
  EXPECT_EQ(1, summary["tcp_rst"]);
  EXPECT_EQ(1, summary["tcp_null_flags"]) << "ECE does not count as a flag";
  EXPECT_EQ((json{{"scan", 2}, {"backscatter", 2}, {"request", 2}, {"echo", 2}, {"other", 3}}), summary["classes"]);
  EXPECT_EQ((json{{"packets", 1}, {"sources", 1}}), summary["fingerprints"]["mirai"]);
  EXPECT_EQ((json{{"packets", 1}, {"sources", 1}}), summary["fingerprints"]["zmap-classic"]);
  EXPECT_EQ((json{{"packets", 2}, {"sources", 1}}), summary["fingerprints"]["irregular-syn"]);
  EXPECT_EQ((json{{"packets", 0}, {"sources", 0}}), summary["fingerprints"]["masscan"]);
  EXPECT_EQ((json{{"5840", 2}}), summary["syn_windows"]);
  EXPECT_EQ((json{{23, 1}, {2323, 1}}), summary["top_tcp_syn_ports"]);
  EXPECT_EQ((json{{1900, 1}, {53, 1}}), summary["top_udp_ports"]) << "equals in the order of their texts; fragments have no port";
  EXPECT_EQ("EN10MB", summary["link_type"]);
  EXPECT_EQ("2017-11-23T00:00:00.000000Z", summary["first"]);
  EXPECT_EQ("2017-11-23T00:01:40.500000Z", summary["last"]);
  EXPECT_TRUE(summary["damage"].is_null());
}

TEST_F(SummaryTest, BytesAreThoseOnTheWire) {
  PcapFile capture;
  capture.add_frame(packet().udp().ethernet(), kNov23, 1000);  // 42 captured of 1042
  capture.add(packet().udp());
  EXPECT_EQ(1042 + 42, summarise_json({write("cut.pcap", capture)})["bytes"]);
}

TEST_F(SummaryTest, HasEveryKeyAndNoOther) {
  const json summary = summarise_json({write("each.pcap", one_of_each())});
  std::vector<std::string> keys;
  for (const auto& [key, value] : summary.items()) keys.push_back(key);
  EXPECT_THAT(keys,
              testing::UnorderedElementsAre("file", "packets", "bytes", "first", "last", "link_type", "protocols", "ipv4", "ipv6", "not_ip",
                                            "undecodable", "sources", "sources_ipv4", "sources_ipv6", "destinations", "tcp_syn",
                                            "tcp_syn_sources", "tcp_syn_ack", "tcp_syn_ack_sources", "tcp_rst", "tcp_null_flags", "classes",
                                            "fingerprints", "syn_windows", "top_tcp_syn_ports", "top_udp_ports", "damage"));
}

TEST_F(SummaryTest, OfAnEmptyCaptureHasNoTimes) {
  const json summary = summarise_json({write("empty.pcap", PcapFile())});
  EXPECT_EQ(0, summary["packets"]);
  EXPECT_TRUE(summary["first"].is_null());
  EXPECT_TRUE(summary["last"].is_null());
  EXPECT_EQ(json::object(), summary["undecodable"]);
  EXPECT_EQ(json::array(), summary["top_udp_ports"]);
}

TEST_F(SummaryTest, ListsTenPortsAndAllWindows) {
  PcapFile capture;
  for (std::uint16_t port = 100; port < 112; ++port) {
    for (std::uint16_t i = 0; i <= port - 100; ++i) capture.add(packet().at(kNov23).tcp().syn().port(port).window(port));
  }
  const json summary = summarise_json({write("ports.pcap", capture)});
  ASSERT_EQ(10u, summary["top_tcp_syn_ports"].size());
  EXPECT_EQ((json{111, 12}), summary["top_tcp_syn_ports"][0]);
  EXPECT_EQ((json{102, 3}), summary["top_tcp_syn_ports"][9]);
  EXPECT_EQ(12u, summary["syn_windows"].size());
}

TEST_F(SummaryTest, LooksIntoTunnelsWhenAsked) {
  PcapFile capture;
  capture.add(packet().at(kNov23).from("203.0.113.1").protocol_number(4).payload(packet().from("203.0.113.2").tcp().syn().port(22).ip()));
  const auto path = write("tunnel.pcap", capture);
  EXPECT_EQ((json{{"ip-in-ip", 1}}), summarise_json({path})["protocols"]);
  EXPECT_EQ((json{{"tcp", 1}}), summarise_json({path}, {.ipip = true})["protocols"]);
}

TEST_F(SummaryTest, OfSeveralFilesUnitesTheirHosts) {
  PcapFile first, second;
  first.add(packet().at(kNov23 + 100 * kSecond).from("203.0.113.1").tcp().syn().port(23));
  first.add(packet().at(kNov23 + 101 * kSecond).from("203.0.113.2").tcp().syn().port(23));
  second.add(packet().at(kNov23 + 0 * kSecond).from("203.0.113.2").tcp().syn().port(23));
  second.add(packet().at(kNov23 + 1 * kSecond).from("2001:db8::1").to("2001:db8::2").tcp().syn().port(22));
  const json summary = summarise_json({write("first.pcap", first), write("second.pcap", second)});
  ASSERT_EQ(2u, summary["files"].size());
  EXPECT_EQ((folder_ / "first.pcap").string(), summary["files"][0]["file"]);
  EXPECT_EQ(2, summary["files"][0]["sources"]);
  EXPECT_EQ(2, summary["files"][1]["sources"]);
  const json& total = summary["total"];
  EXPECT_FALSE(total.contains("file"));
  EXPECT_EQ(4, total["packets"]);
  EXPECT_EQ(3, total["sources"]);
  EXPECT_EQ(2, total["sources_ipv4"]);
  EXPECT_EQ(3, total["tcp_syn_sources"]);
  EXPECT_EQ(2, total["destinations"]);
  EXPECT_EQ((json{{23, 3}, {22, 1}}), total["top_tcp_syn_ports"]);
  EXPECT_EQ("2017-11-23T00:00:00.000000Z", total["first"]);
  EXPECT_EQ("2017-11-23T00:01:41.000000Z", total["last"]);
  EXPECT_TRUE(total["damage"].is_null());
}

TEST_F(SummaryTest, IsTheSameForAnyNumberOfJobs) {
  std::vector<std::filesystem::path> paths;
  for (int i = 0; i < 7; ++i) paths.push_back(write("part" + std::to_string(i) + ".pcap", one_of_each()));
  paths.push_back(folder_ / "missing.pcap");
  EXPECT_EQ(summary_json(summarise(paths, {}, 1)), summary_json(summarise(paths, {}, 4)));
}

TEST_F(SummaryTest, CountsWhatStandsBeforeTheDamage) {
  const std::string whole = one_of_each().content();
  const Summaries summaries = summarise({folder_.write("cut.pcap", std::string_view(whole).substr(0, whole.size() - 1))}, {}, 1);
  EXPECT_TRUE(summaries.files[0].readable);
  EXPECT_EQ(13u, summaries.files[0].packets);
  ASSERT_TRUE(summaries.files[0].damage);
  EXPECT_THAT(summary_page(summaries), HasSubstr("damage"));
}

TEST_F(SummaryTest, SaysOfAFileThatIsNoCaptureWhatItIs) {
  const auto text = folder_.write("notes.txt", "hello world");
  const auto capture = write("each.pcap", one_of_each());
  const Summaries alone = summarise({text}, {}, 1);
  EXPECT_FALSE(alone.files[0].readable);
  EXPECT_THAT(alone.files[0].damage.value_or(""), HasSubstr("not a capture"));
  EXPECT_EQ("", summary_page(alone));

  const json both = summarise_json({text, capture});
  EXPECT_EQ(0, both["files"][0]["packets"]);
  EXPECT_THAT(both["files"][0]["damage"].get<std::string>(), HasSubstr("not a capture"));
  EXPECT_EQ(14, both["files"][1]["packets"]);
  EXPECT_EQ(14, both["total"]["packets"]);
  EXPECT_EQ("1 of 2 files could not be read to the end", both["total"]["damage"]);
}

TEST_F(SummaryTest, PageIsEightyColumnsOfSafeText) {
  const auto odd =
      write("a\x1b[31m name \xff that is so long that it would not fit into a line of a page of eighty columns.pcap", one_of_each());
  const auto other = write("other.pcap", one_of_each());
  std::string cut = one_of_each().content();
  cut.pop_back();
  const auto damaged = folder_.write("damaged.pcap", cut);
  for (const auto& paths : {std::vector{odd}, std::vector{damaged}, std::vector{odd, damaged, other, folder_ / "missing"}}) {
    std::istringstream page(summary_page(summarise(paths, {}, 1)));
    for (std::string line; std::getline(page, line);) {
      EXPECT_LE(line.size(), 80u) << line;
      EXPECT_TRUE(line.empty() || line.back() != ' ') << line;
      for (const char c : line) EXPECT_TRUE(c >= 0x20 && c < 0x7f) << line;
    }
  }
}

TEST_F(SummaryTest, PageShowsTheNumbers) {
  const std::string page = summary_page(summarise({write("each.pcap", one_of_each())}, {}, 1));
  for (const char* text : {"each.pcap", "EN10MB", "2017-11-23T00:00:00.000000Z", "IPv6", "tcp_truncated", "backscatter", "mirai", "2323",
                           "5840", "icmpv6", "destinations"}) {
    EXPECT_THAT(page, HasSubstr(text));
  }
}

TEST_F(SummaryTest, PageCountsLongSpansInDays) {
  PcapFile capture;
  capture.add(packet().at(kNov23)).add(packet().at(kNov23 + 10 * 86'400 * kSecond));
  EXPECT_THAT(summary_page(summarise({write("days.pcap", capture)}, {}, 1)), HasSubstr("(10 days later)"));
}

}  // namespace
}  // namespace nightjar
