#include "reflector/canned_answers.hpp"

#include <gtest/gtest.h>

#include "reflector/ask.hpp"
#include "reflector/written_bytes.hpp"

namespace nightjar::reflector {
namespace {

using namespace test;
using Packets = std::vector<ByteVector>;

std::string sentence_of(const std::string& toml) {
  const auto canned = CannedAnswers::parse(toml, "answers.toml");
  return canned ? "fine" : canned.error().sentence;
}

std::vector<ByteVector> answers(const std::string& toml, Service service, const ByteVector& request) {
  const auto canned = CannedAnswers::parse(toml, "answers.toml");
  EXPECT_TRUE(canned) << (canned ? "" : canned.error().sentence);
  static ReplyPackets replies;
  replies.clear();
  std::vector<ByteVector> packets;
  if (!canned || !canned->reply(service, request, replies)) return packets;
  for (std::size_t i = 0; i < replies.size(); ++i) packets.emplace_back(replies[i].begin(), replies[i].end());
  return packets;
}

TEST(CannedAnswers, GiveTheBytesThatStandInTheFile) {
  const std::string toml = "[[answer]]\nservice = \"ntp\"\nrequest = \"17 00 03 2a\"\nreply = [\"d700 032a\", \"9701\"]\n";
  EXPECT_EQ(answers(toml, Service::ntp, hex("1700032a 00000000")), (Packets{hex("d700032a"), hex("9701")}));
  EXPECT_TRUE(answers(toml, Service::ntp, hex("1700032b 00000000")).empty());
  EXPECT_TRUE(answers(toml, Service::ntp, hex("170003")).empty());
  EXPECT_TRUE(answers(toml, Service::dns, hex("1700032a 00000000")).empty());
}

TEST(CannedAnswers, TakeAnyByteForDotsAndCopyTheRequestsNumber) {
  const std::string toml = "[[answer]]\nservice = \"dns\"\nrequest = \".. .. 0100\"\ncopy = 2\nreply = \"ffff 8180\"\n";
  EXPECT_EQ(answers(toml, Service::dns, hex("1234 0100 0001")), Packets{hex("1234 8180")});
}

TEST(CannedAnswers, TakeTheWholeRequestWhereItIsSaid) {
  const std::string toml = "[[answer]]\nservice = \"mssql\"\nrequest = \"02\"\nwhole = true\nreply = \"05\"\n";
  EXPECT_EQ(answers(toml, Service::mssql, hex("02")), Packets{hex("05")});
  EXPECT_TRUE(answers(toml, Service::mssql, hex("0200")).empty());
}

TEST(CannedAnswers, AreAlsoWrittenInBase64) {
  // RFC 4648, 10.
  EXPECT_EQ(answers("[[answer]]\nservice = \"qotd\"\nrequest = \"\"\nreply_base64 = \"Zm9v YmFy\"\n", Service::qotd, {}),
            Packets{text_bytes("foobar")});
}

TEST(CannedAnswers, TheFirstThatFitsCounts) {
  const std::string toml =
      "[[answer]]\nservice = \"ntp\"\nrequest = \"17\"\nreply = \"01\"\n[[answer]]\nservice = \"ntp\"\nrequest = \"1700\"\nreply = "
      "\"02\"\n";
  EXPECT_EQ(answers(toml, Service::ntp, hex("1700")), Packets{hex("01")});
}

TEST(CannedAnswers, SayWhatIsWrongAndWhere) {
  const std::string begin = "[[answer]]\nservice = \"ntp\"\nrequest = \"17\"\n";
  EXPECT_EQ(sentence_of(begin + "reply = \"" + std::string(2 * 1'233, '0') + "\"\n"),
            "answers.toml:4: a packet of a reply has 1 to 1232 bytes, this one 1,233");
  EXPECT_EQ(sentence_of(begin + "reply = \"" + std::string(2 * 1'232, '0') + "\"\n"), "fine");
  EXPECT_EQ(sentence_of(begin + "reply = \"\"\n"), "answers.toml:4: a packet of a reply has 1 to 1232 bytes, this one 0");
  EXPECT_EQ(sentence_of(begin + "reply = \"0\"\n"), "answers.toml:4: reply: no pair of hex digits at character 1");
  EXPECT_EQ(sentence_of(begin + "reply = \"00 zz\"\n"), "answers.toml:4: reply: no pair of hex digits at character 4");
  EXPECT_EQ(sentence_of(begin), "answers.toml:1: an answer needs either reply or reply_base64");
  EXPECT_EQ(sentence_of(begin + "reply = []\n"), "answers.toml:4: a reply has 1 to 10 packets");
  EXPECT_EQ(sentence_of(begin + "reply = [\"01\",\"01\",\"01\",\"01\",\"01\",\"01\",\"01\",\"01\",\"01\",\"01\",\"01\"]\n"),
            "answers.toml:4: a reply has 1 to 10 packets");
  EXPECT_EQ(sentence_of(begin + "reply = \"01\"\ncopy = 2\n"), "answers.toml:5: copy is above the number of bytes of request");
  EXPECT_EQ(sentence_of(begin + "reply = \"01\"\ncopy = -1\n"), "answers.toml:5: copy must be a whole number from 0 to 256");
  EXPECT_EQ(sentence_of(begin + "reply = \"01\"\nwhole = 1\n"), "answers.toml:5: whole must be true or false");
  EXPECT_EQ(sentence_of(begin + "replies = \"01\"\n"),
            "answers.toml:4: unknown key \"replies\"; possible: service, request, whole, reply, reply_base64, copy");
  EXPECT_EQ(sentence_of("[[answer]]\nservice = \"gopher\"\nrequest = \"\"\nreply = \"01\"\n"),
            "answers.toml:1: the reflector offers no service \"gopher\"");
  EXPECT_EQ(sentence_of("[answer]\nservice = \"ntp\"\n"), "answers.toml:1: answers are written with two brackets each: [[answer]]");
  EXPECT_EQ(sentence_of("x = 1\n"), "answers.toml:1: unknown key \"x\"; possible: answer, record");
  EXPECT_EQ(sentence_of("[[answer"), "answers.toml:1: " + sentence_of("[[answer").substr(16)) << "no TOML at all, still with its line";
}

TEST(CannedAnswers, SayWhatIsWrongWithARecord) {
  const std::string begin = "[[record]]\nname = \"example.com\"\n";
  EXPECT_EQ(sentence_of(begin + "type = \"A\"\naddress = \"2a00::1\"\n"), "answers.toml:4: \"2a00::1\" is no IPv4 address");
  EXPECT_EQ(sentence_of(begin + "type = \"AAAA\"\naddress = \"2a00::1\"\n"), "fine");
  EXPECT_EQ(sentence_of(begin + "type = \"SOA\"\n"), "answers.toml:3: unknown type \"SOA\"; a number and rdata do for any");
  EXPECT_EQ(sentence_of(begin + "type = 6\n"), "answers.toml:1: a record of this type needs rdata, in hex");
  EXPECT_EQ(sentence_of(begin + "type = 6\nrdata = \"00\"\n"), "fine");
  EXPECT_EQ(sentence_of(begin + "type = 65536\n"), "answers.toml:3: type must be a whole number from 0 to 65535");
  EXPECT_EQ(sentence_of(begin + "type = 6\nrdata = \"" + std::string(2 * 4'097, '0') + "\"\n"),
            "answers.toml:1: a record has at most 4,096 bytes");
  EXPECT_EQ(sentence_of("[[record]]\nname = \"a..b\"\ntype = 6\n"),
            "answers.toml:1: \"a..b\" is no name of DNS: a label must have 1 to 63 characters");
}

TEST(CannedAnswers, AreNotReadFromAFileWithoutEnd) {
  EXPECT_EQ(sentence_of(std::string((8U << 20) + 1, '#')), "answers.toml:1: the file has more than 8 MiB");
}

TEST(CannedAnswers, HaveTextsOfAnyLengthInPiecesOf255) {
  const auto canned =
      CannedAnswers::parse("[[record]]\nname = \".\"\ntype = \"TXT\"\ntext = \"" + std::string(256, 'x') + "\"\n", "answers.toml");
  ASSERT_TRUE(canned);
  const auto records = canned->zone().records_of(std::string(1, '\0'));
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].content, hex("ff") + ByteVector(255, 'x') + hex("01 78"));
  EXPECT_EQ(records[0].ttl_s, 300u);
}

TEST(Base64, IsThatOfRfc4648) {
  for (const auto& [text, bytes] : {std::pair("", ""), {"Zg==", "f"}, {"Zm8=", "fo"}, {"Zm9v", "foo"}, {"Zm9vYg", "foob"}}) {
    const auto read = bytes_of_base64(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(*read, text_bytes(bytes));
  }
  for (const std::string_view text : {"Z", "Zg=", "Z===", "Zh==", "Zm9v=", "Zm9v!", "Zg==Zg=="})
    EXPECT_FALSE(bytes_of_base64(text)) << text;
}

}  // namespace
}  // namespace nightjar::reflector
