// nightjar hosts, run as a user runs it, over captures that a test writes down and rows that detection would derive.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "cli/derived_lake.hpp"
#include "store/scan_chain.hpp"

namespace nightjar::test {
namespace {

using Json = nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::int64_t kSecond = 1'000'000'000, kDayNs = 86'400 * kSecond;
constexpr std::int64_t kToday = kNov23 / kDayNs;
constexpr std::size_t kWidth = 80;

PacketBuilder scan(std::int64_t second, const char* from, std::uint16_t port = 23) {
  return PacketBuilder().at(kNov23 + second * kSecond).from(from).to("198.18.0.1").tcp().syn().port(port);
}

class HostsCommand : public DerivedLake {
 protected:
  /// 203.0.113.9 asks 23/TCP on two days and 80/TCP once, its neighbour 203.0.113.10 asks 23/TCP once; somebody else 443/TCP.
  void fill() {
    capture_.add(scan(10, "203.0.113.9").window(5840))
        .add(scan(20, "203.0.113.9").window(5840))
        .add(scan(30, "203.0.113.9", 80).window(1024));
    capture_.add(scan(86'400 + 5, "203.0.113.9").window(5840)).add(scan(40, "203.0.113.10")).add(scan(50, "192.0.2.5", 443));
    ingest({file("a.pcap", capture_.content())}, {.sensor = "dark"});
  }

  Json json(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "hosts");
    arguments.insert(arguments.end(), {"--format", "json"});
    EXPECT_EQ(run(std::move(arguments)), 0) << err_;
    return Json::parse(out_, nullptr, false);
  }
  /// Printable ASCII of 80 columns.
  void expect_page() const {
    std::istringstream lines(out_);
    for (std::string line; std::getline(lines, line);) {
      EXPECT_LE(line.size(), kWidth) << line;
      for (const char c : line) EXPECT_TRUE(c >= ' ' && c <= '~') << line;
    }
  }

  PcapFile capture_;
};

TEST_F(HostsCommand, OneAddressIsToldByDayPortSensorWindowAndTime) {
  fill();
  const Json host = json({"203.0.113.9"});
  EXPECT_EQ(host.at("host"), "203.0.113.9");
  EXPECT_EQ(host.at("packets"), 4);
  EXPECT_EQ(host.at("hosts"), 1);
  EXPECT_EQ(host.at("first"), "2017-11-23T00:00:10Z");
  EXPECT_EQ(host.at("last"), "2017-11-24T00:00:05Z");
  EXPECT_EQ(host.at("country"), nullptr);
  ASSERT_EQ(host.at("days").size(), 2U);
  EXPECT_EQ(host.at("days").at(1), Json({{"day", "2017-11-23"}, {"packets", 3}, {"ports", 2}, {"sensors", 1}, {"hosts", 1}}));
  ASSERT_EQ(host.at("ports").size(), 2U);
  EXPECT_EQ(host.at("ports").at(0).at("port"), 23);
  EXPECT_EQ(host.at("ports").at(0).at("protocol"), "tcp");
  EXPECT_EQ(host.at("ports").at(0).at("class"), "scan");
  EXPECT_EQ(host.at("ports").at(0).at("packets"), 3);
  EXPECT_EQ(host.at("sensors").at(0).at("sensor"), "dark");
  EXPECT_EQ(host.at("windows"), Json({{{"window", 5840}, {"packets", 3}, {"hosts", 1}}, {{"window", 1024}, {"packets", 1}, {"hosts", 1}}}));
  EXPECT_EQ(host.at("more"), Json::object());
  ASSERT_EQ(run({"hosts", "203.0.113.9"}), 0) << err_;
  expect_page();
  EXPECT_THAT(out_, HasSubstr("first seen 2017-11-23 00:00, last seen 2017-11-24 00:00 UTC\n"));
  EXPECT_THAT(out_, HasSubstr("4 packets (160 B) on 2 days, to 2 ports of 1 sensor\n"));
}

TEST_F(HostsCommand, ABlockIsToldTogetherWithItsSources) {
  fill();
  const Json block = json({"203.0.113.0/24"});
  EXPECT_EQ(block.at("hosts"), 2);
  EXPECT_EQ(block.at("packets"), 5);
  ASSERT_EQ(block.at("sources").size(), 2U);
  EXPECT_EQ(block.at("sources").at(0).at("source"), "203.0.113.9");
  EXPECT_EQ(block.at("ports").at(0).at("hosts"), 2);
  EXPECT_EQ(json({"0.0.0.0/0"}).at("hosts"), 3);
  ASSERT_EQ(run({"hosts", "203.0.113.0/24"}), 0);
  expect_page();
}

TEST_F(HostsCommand, OnlyTheDaysThatAreAskedForCount) {
  fill();
  const Json host = json({"203.0.113.9", "--from", "2017-11-24"});
  EXPECT_EQ(host.at("packets"), 1);
  EXPECT_EQ(host.at("first"), "2017-11-24T00:00:05Z");
  EXPECT_EQ(json({"203.0.113.9", "--to", "2017-11-24"}).at("packets"), 3);
  EXPECT_EQ(json({"203.0.113.9", "--to", "2017-11-23"}).at("packets"), 0);
}

TEST_F(HostsCommand, ListsEndAndSayHowMuchMoreThereIs) {
  for (std::uint16_t port = 1; port <= 30; ++port) capture_.add(scan(port, "203.0.113.9", port));
  ingest({file("a.pcap", capture_.content())});
  const Json host = json({"203.0.113.9", "--top", "7"});
  EXPECT_EQ(host.at("ports").size(), 7U);
  EXPECT_EQ(host.at("more"), Json({{"ports", 23}}));
  ASSERT_EQ(run({"hosts", "203.0.113.9", "--top", "7"}), 0);
  EXPECT_THAT(out_, HasSubstr("and 23 more\n"));
}

TEST_F(HostsCommand, AnUnknownAddressIsASentence) {
  fill();
  ASSERT_EQ(run({"hosts", "192.0.2.77"}), 0) << err_;
  EXPECT_EQ(out_, "192.0.2.77\nthe lake has nothing of it\n");
  EXPECT_EQ(json({"192.0.2.77"}).at("packets"), 0);
}

TEST_F(HostsCommand, AnIpv6HostIsItsSlash64) {
  capture_.add(PacketBuilder().at(kNov23).from("2001:db8::77").to("2001:db8:1::1").tcp().syn().port(22));
  capture_.add(PacketBuilder().at(kNov23 + 1).from("2001:db8::78").to("2001:db8:1::1").tcp().syn().port(22));
  ingest({file("a.pcap", capture_.content())});
  const Json host = json({"2001:db8::1234"});
  EXPECT_EQ(host.at("host"), "2001:db8::/64");
  EXPECT_EQ(host.at("hosts"), 1);
  EXPECT_EQ(host.at("packets"), 2);
}

TEST_F(HostsCommand, AVictimIsKnownByItsAnswersAndTheAttacksOnIt) {
  for (int i = 0; i < 3; ++i)
    capture_.add(
        PacketBuilder().at(kNov23 + i * 70 * kSecond).from("93.184.216.34").to("198.18.0.5").tcp().syn().ack().src_port(80).port(4000));
  ingest({file("a.pcap", capture_.content())});
  const DerivedLake::Row attack = {{"id", "'feed0123456789ab'"},
                                   {"definition", "'corsaro2'"},
                                   {"kind", "'single'"},
                                   {"ip_version", "4"},
                                   {"src", "1572395042"},
                                   {"prefix_length", "32"},
                                   {"protocol", "6"},
                                   {"port", "80"},
                                   {"packets", "3"},
                                   {"first", "TIMESTAMP '2017-11-23 00:00:00'"},
                                   {"last", "TIMESTAMP '2017-11-23 00:02:20'"}};
  DerivedLake::Row carpet = attack;
  carpet["id"] = "'cafe0123456789ab'";
  carpet["kind"] = "'carpet'";
  carpet["src"] = "1572395008";
  carpet["prefix_length"] = "24";
  add_derived(Table::attacks, kToday, {attack, carpet}, "test", "test");
  const Json host = json({"93.184.216.34"});
  EXPECT_EQ(host.at("backscatter").at(0).at("port"), 80);
  EXPECT_EQ(host.at("backscatter").at(0).at("packets"), 3);
  EXPECT_EQ(host.at("backscatter").at(0).at("minutes"), 3);
  ASSERT_EQ(host.at("attacks").size(), 2U);
  EXPECT_EQ(host.at("attacks").at(1).at("id"), "feed0123456789ab");
  EXPECT_EQ(host.at("attacks").at(1).at("services"), Json({"80/tcp"}));
  EXPECT_EQ(host.at("attacks").at(1).at("seconds"), 140.0);
  EXPECT_EQ(json({"93.184.216.99"}).at("attacks").size(), 1U) << "a neighbour has part in the carpet alone";
  EXPECT_EQ(json({"93.184.217.1"}).at("attacks").size(), 0U);
  ASSERT_EQ(run({"hosts", "93.184.216.34"}), 0);
  expect_page();
}

TEST_F(HostsCommand, IncidentsAreThoseWhosePacketsItSent) {
  fill();
  add_incident("0123456789abcdef", "2017-11-23 00:00:00", "2017-11-24 00:00:00", "port = 23 and protocol = tcp");
  add_incident("1123456789abcdef", "2017-11-23 00:00:00", "2017-11-24 00:00:00", "port = 443 and protocol = tcp");
  add_incident("2123456789abcdef", "2017-11-25 00:00:00", "2017-11-26 00:00:00", "port = 23 and protocol = tcp");
  add_incident("3123456789abcdef", "2017-11-23 00:00:00", "2017-11-24 00:00:00", "", "sensor");
  const Json host = json({"203.0.113.9"});
  ASSERT_EQ(host.at("incidents").size(), 1U);
  EXPECT_EQ(host.at("incidents").at(0).at("id"), "0123456789abcdef");
  EXPECT_EQ(host.at("incidents").at(0).at("packets"), 2);
  EXPECT_EQ(host.at("incidents").at(0).at("cause"), "Somebody scans.");
  ASSERT_EQ(run({"hosts", "203.0.113.9"}), 0);
  expect_page();
}

TEST_F(HostsCommand, ScanEventsAndSurveyDaysAreShown) {
  fill();
  const auto snapshot = Lake(lake_folder()).snapshot();
  ASSERT_TRUE(snapshot);
  const auto flows = flows_by_day((*snapshot)->version());
  const ScanLink link = next_scan_link(flows, kNoScanLink, "test", kToday, kToday + 1);
  DerivedLake::Row event = {{"first", "TIMESTAMP '2017-11-23 00:00:10'"},
                            {"last", "TIMESTAMP '2017-11-23 05:00:00'"},
                            {"sensor", "'dark'"},
                            {"ip_version", "4"},
                            {"src", "3405803785"},
                            {"protocol", "6"},
                            {"port", "23"},
                            {"class", "1"},
                            {"packets", "200"},
                            {"rate", "5000.5"},
                            {"kept", "1"}};
  add_derived(Table::scans, kToday + 1, {event}, made_by_of_ended(link), made_from_of(link));
  event["kept"] = "0";  // too small so far: no event
  add_derived(Table::scans, kToday + 1, {event}, made_by_of_open(link), made_from_of(link));
  const DerivedLake::Row asked = {
      {"day", "DATE '2017-11-23'"}, {"ip_version", "4"}, {"src", "3405803785"}, {"ports", "12"}, {"packets", "40"}, {"survey", "1"}};
  // Judged by two rules, it is one source still.
  add_derived(Table::scanner_days, kToday, {asked, asked}, "rules", flows.at(kToday));
  const Json host = json({"203.0.113.9"});
  ASSERT_EQ(host.at("scans").size(), 1U);
  EXPECT_EQ(host.at("scans").at(0).at("rate"), 5000.5);
  EXPECT_EQ(host.at("scanner_days"), Json({{{"day", "2017-11-23"}, {"hosts", 1}, {"ports", 12}, {"packets", 40}, {"survey", true}}}));
  ASSERT_EQ(run({"hosts", "203.0.113.9"}), 0);
  expect_page();
}

TEST_F(HostsCommand, WhatConversationsHeldIsEscaped) {
  // A login whose name holds an escape sequence, as the table keeps it, and a command with characters beyond ASCII.
  fill();
  add_derived(Table::sessions, kToday,
              {{"first", "TIMESTAMP '2017-11-23 00:00:10'"},
               {"last", "TIMESTAMP '2017-11-23 00:00:20'"},
               {"sensor", "'pot'"},
               {"ip_version", "4"},
               {"src", "3405803785"},
               {"port", "23"},
               {"packets", "9"},
               {"bytes", "77"},
               {"logins",
                "'root' || chr(9) || 'x' || chr(27) || '[2J' || chr(9) || '1' || chr(10) || 'admin' || chr(9) || 'admin' || chr(9) || '0'"},
               {"commands", "'wget http://\xe2\x80\xae' || repeat('x', 200)"},
               {"tags", "'mirai-telnet busybox-token'"},
               {"payload", "repeat('ab', 32)"}});
  const Json host = json({"203.0.113.9"});
  ASSERT_EQ(host.at("sessions").size(), 1U);
  EXPECT_EQ(host.at("sessions").at(0).at("logins"), 2);
  EXPECT_EQ(host.at("sessions").at(0).at("commands"), 1);
  EXPECT_EQ(host.at("sessions").at(0).at("tags"), Json({"mirai-telnet", "busybox-token"}));
  EXPECT_EQ(host.at("tags").size(), 2U);
  EXPECT_EQ(host.at("logins").size(), 2U);
  EXPECT_EQ(host.at("payloads").at(0).at("sessions"), 1);
  ASSERT_EQ(run({"hosts", "203.0.113.9"}), 0);
  expect_page();
  EXPECT_THAT(out_, HasSubstr("\\x1b[2J"));
}

TEST_F(HostsCommand, CsvAndParquetHoldWhatWasSentByDayAndPort) {
  fill();
  ASSERT_EQ(run({"hosts", "203.0.113.9", "--format", "csv"}), 0) << err_;
  EXPECT_EQ(out_,
            "day,sensor,protocol,port,class,packets,bytes,hosts,first,last\n"
            "2017-11-23,dark,tcp,23,scan,2,80,1,2017-11-23T00:00:10Z,2017-11-23T00:00:20Z\n"
            "2017-11-23,dark,tcp,80,scan,1,40,1,2017-11-23T00:00:30Z,2017-11-23T00:00:30Z\n"
            "2017-11-24,dark,tcp,23,scan,1,40,1,2017-11-24T00:00:05Z,2017-11-24T00:00:05Z\n");
  ASSERT_EQ(run({"hosts", "203.0.113.9", "--format", "parquet", "-o", path("host.parquet")}), 0) << err_;
  EXPECT_EQ(content_of(path("host.parquet")).substr(0, 4), "PAR1");
  EXPECT_EQ(run({"hosts", "203.0.113.9", "--format", "parquet"}), 2);
}

TEST_F(HostsCommand, WrongUsageIsASentence) {
  EXPECT_EQ(run({"hosts", "203.0.113.9"}), 1);
  EXPECT_THAT(err_, HasSubstr("there is no lake at"));
  fill();
  EXPECT_EQ(run({"hosts", "example.com"}), 2);
  EXPECT_THAT(err_, HasSubstr("is not an address or prefix"));
  EXPECT_EQ(run({"hosts", "203.0.113.9/24"}), 2);
  EXPECT_THAT(err_, HasSubstr("did you mean 203.0.113.0/24?"));
  EXPECT_EQ(run({"hosts", "203.0.113.9", "--top", "0"}), 2);
  EXPECT_EQ(run({"hosts", "203.0.113.9", "--from", "2017-11-24", "--to", "2017-11-24"}), 2);
  EXPECT_EQ(run({"hosts"}), 2);
}

}  // namespace
}  // namespace nightjar::test
