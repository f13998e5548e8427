// Rows of sessions and payloads go through the writer and come back by the names of their columns, whole and as the view merges them.
#include "schema/honeypot_rows.hpp"

#include <string>
#include <vector>

#include "store/compact.hpp"
#include "store/rows_lake.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kMicros = 1'000'000;
constexpr std::int64_t kNoon = (kDay * 24 + 12) * 3600 * kMicros;  ///< 2017-11-23T12:00:00Z
const Names kNames = {"pot", "dark"};

/// A login session of 192.0.2.7, its texts as they are stored.
SessionRow login() {
  SessionRow row;
  row.first = kNoon + 123'456;
  row.last = kNoon + 61 * kMicros;
  row.ip_version = 4;
  row.src = 0xC0000207;
  row.src_port = 40'000;
  row.dst = 0xC6336401;  // 198.51.100.1
  row.port = 23;
  row.packets = 40;
  row.segments = 12;
  row.bytes = 345;
  row.server_bytes = 678;
  row.handshake = 1;
  row.payload = "aa11";
  row.logins = "root\txc3511\t0\nroot\t\\x00\\\\\t1";
  row.commands = "enable\n/bin/busybox MIRAI";
  row.tags = "mirai-telnet busybox-token";
  row.urls = "http://203.0.113.5/a.sh";
  row.injections = "AddPortMapping\tNewInternalClient\t1";
  row.facts = 17;
  row.window = 14600;
  row.country = country_code('B', 'R');
  row.asn = 64500;
  row.batch = 3;
  return row;
}

PayloadRow payload(std::string_view sha256, std::int64_t first, std::int64_t last) {
  PayloadRow row;
  row.sha256 = sha256;
  row.first = first;
  row.last = last;
  row.bytes = "GET /\r\n";
  row.size = 7;
  row.ip_version = 4;
  row.protocol = 6;
  return row;
}

class HoneypotRows : public ::testing::Test {
 protected:
  RowsLake at_;
};

TEST_F(HoneypotRows, ASessionComesBackColumnByColumn) {
  SessionRow v6 = login();
  v6.ip_version = 6;
  v6.src = 0x20010db800000001;
  v6.src_low = 5;
  v6.dst = 0x20010db8ffff0000;
  v6.dst_low = 9;
  v6.sensor = 1;
  v6.cut = 1;
  v6.handshake = 0;
  v6.payload = v6.logins = v6.commands = v6.tags = v6.urls = v6.injections = "";
  v6.country = 0;
  v6.asn = 0;
  at_.add_rows<SessionRow>(Table::sessions, kDay, {login(), v6}, kNames);
  const std::string columns =
      "SELECT first, last, sensor, ip_version, ip(src, src_low) AS a, src_port, ip(dst, dst_low) AS b, port, packets, segments, bytes, "
      "server_bytes, handshake, cut, facts, \"window\", country, asn, batch FROM sessions ORDER BY ip_version";
  EXPECT_EQ(
      at_.ask(columns),
      (std::vector<std::string>{
          "2017-11-23T12:00:00.123456Z 2017-11-23T12:01:01Z pot 4 192.0.2.7 40000 198.51.100.1 23 40 12 345 678 1 0 17 14600 BR 64500 3",
          "2017-11-23T12:00:00.123456Z 2017-11-23T12:01:01Z dark 6 2001:db8:0:1::5 40000 2001:db8:ffff::9 23 40 12 345 678 0 1 17 14600  0 "
          "3"}));
  EXPECT_EQ(at_.ask("SELECT '[' || payload || '] [' || tags || '] [' || urls || ']' FROM sessions ORDER BY ip_version"),
            (std::vector<std::string>{"[aa11] [mirai-telnet busybox-token] [http://203.0.113.5/a.sh]", "[] [] []"}));
  EXPECT_EQ(at_.ask("SELECT logins FROM sessions WHERE ip_version = 4")[0], "root\txc3511\t0\nroot\t\\x00\\\\\t1");
  EXPECT_EQ(at_.ask("SELECT commands FROM sessions WHERE ip_version = 4")[0], "enable\n/bin/busybox MIRAI");
  EXPECT_EQ(at_.ask("SELECT injections FROM sessions WHERE ip_version = 4")[0], "AddPortMapping\tNewInternalClient\t1");
  EXPECT_EQ(at_.ask("SELECT @field(line, 2) AS m FROM (SELECT @lines(logins) AS line FROM sessions) ORDER BY m"),
            (std::vector<std::string>{"\\x00\\\\", "xc3511"}));
}

TEST_F(HoneypotRows, APayloadComesBackWithEveryByteThatThereIs) {
  std::string every;
  for (int byte = 0; byte < 256; ++byte) every += static_cast<char>(byte);
  for (int i = 0; i < 8; ++i) every += every;
  ASSERT_EQ(every.size(), 65'536u);
  PayloadRow row = payload("ab", kNoon, kNoon + 1);
  row.bytes = every;
  row.size = every.size();
  row.protocol = 17;
  row.port = 1900;
  row.sensor = 1;
  row.src = 0xC0000207;
  row.tags = "ssdp-search";
  row.urls = "http://203.0.113.5/a http://203.0.113.5/b";
  row.batch = 5;
  PayloadRow empty = payload("cd", kNoon, kNoon);
  empty.bytes = "";
  empty.size = 0;
  at_.add_rows<PayloadRow>(Table::payloads, kDay, {row, empty}, kNames);
  EXPECT_EQ(at_.ask("SELECT sha256, size, first, last, protocol, port, sensor, ip_version, ip(src, src_low) AS a, tags, urls, batch "
                    "FROM payloads WHERE sha256 = 'ab'")[0],
            "ab 65536 2017-11-23T12:00:00Z 2017-11-23T12:00:00.000001Z 17 1900 dark 4 192.0.2.7 ssdp-search "
            "http://203.0.113.5/a http://203.0.113.5/b 5");
  const std::string hex = at_.ask("SELECT hex(bytes) FROM payloads WHERE sha256 = 'ab'")[0];
  ASSERT_EQ(hex.size(), 2 * every.size());
  std::string expected;
  for (const char byte : every) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    expected += digits[static_cast<unsigned char>(byte) >> 4];
    expected += digits[static_cast<unsigned char>(byte) & 15];
  }
  EXPECT_EQ(hex, expected);
  EXPECT_EQ(at_.ask("SELECT octet_length(bytes), size FROM payloads WHERE sha256 = 'cd'")[0], "0 0");
}

/// A conversation that was written before it ended, again later, and once more by a capture that holds its beginning only.
TEST_F(HoneypotRows, AConversationOfSeveralFilesIsShownOnceAsFarAsItWasSeen) {
  SessionRow begun = login();
  begun.packets = 10;
  begun.last = kNoon + 5 * kMicros;
  begun.payload = "begun";
  begun.tags = begun.urls = begun.logins = begun.commands = begun.injections = "";
  begun.bytes = 3;
  begun.country = 0;
  begun.batch = 9;
  SessionRow other = login();
  other.src_port = 40'001;
  other.packets = 1;
  const auto seen = [&] {
    return at_.ask("SELECT src_port, packets, last, payload, tags, bytes, country, batch FROM sessions ORDER BY src_port");
  };
  at_.add_rows<SessionRow>(Table::sessions, kDay, {begun}, kNames);
  EXPECT_EQ(seen(), (std::vector<std::string>{"40000 10 2017-11-23T12:00:05Z begun  3  9"}));
  at_.add_rows<SessionRow>(Table::sessions, kDay, {login(), other}, kNames);
  at_.add_rows<SessionRow>(Table::sessions, kDay, {begun}, kNames);
  const std::vector<std::string> once = {"40000 40 2017-11-23T12:01:01Z aa11 mirai-telnet busybox-token 345 BR 9",
                                         "40001 1 2017-11-23T12:01:01Z aa11 mirai-telnet busybox-token 345 BR 3"};
  EXPECT_EQ(seen(), once);
  EXPECT_EQ(at_.ask("SELECT count(*) FROM sessions")[0], "2");
  EXPECT_EQ(at_.ask("SELECT count(*) FROM sessions WHERE payload = 'begun'")[0], "0") << "the part of it is no conversation";
  Lake lake = at_.lake();
  take(compact(lake, {}));
  EXPECT_EQ(seen(), once) << "compacted";
}

TEST_F(HoneypotRows, APayloadOfSeveralFilesIsShownOnceWithItsEarliestSourceAndLatestTime) {
  PayloadRow early = payload("ab", kNoon, kNoon + kMicros), late = payload("ab", kNoon + 3600 * kMicros, kNoon + 7200 * kMicros);
  early.port = 52869;
  early.src = 0xC0000201;
  late.port = 80;
  late.src = 0xC0000202;
  late.sensor = 1;
  late.tags = "realtek-miniigd";
  const PayloadRow next_day = payload("ab", kNoon + 24 * 3600 * kMicros, kNoon + 25 * 3600 * kMicros);
  const PayloadRow other = payload("cd", kNoon, kNoon);
  const auto seen = [&] {
    return at_.ask("SELECT sha256, first, last, port, sensor, ip(src, src_low) AS a, tags, size FROM payloads ORDER BY sha256");
  };
  at_.add_rows<PayloadRow>(Table::payloads, kDay, {late, other}, kNames);
  at_.add_rows<PayloadRow>(Table::payloads, kDay, {early}, kNames);
  at_.add_rows<PayloadRow>(Table::payloads, kDay + 1, {next_day}, kNames);
  const std::vector<std::string> once = {"ab 2017-11-23T12:00:00Z 2017-11-24T13:00:00Z 52869 pot 192.0.2.1 realtek-miniigd 7",
                                         "cd 2017-11-23T12:00:00Z 2017-11-23T12:00:00Z 0 pot 0.0.0.0  7"};
  EXPECT_EQ(seen(), once);
  Lake lake = at_.lake();
  take(compact(lake, {}));
  EXPECT_EQ(seen(), once) << "compacted, by day";
}

}  // namespace
}  // namespace nightjar
