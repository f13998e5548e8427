// Redis, memcached, FTP, SMTP, POP3, IMAP and the first words of others.
#include <gtest/gtest.h>

#include "client.hpp"
#include "honeypot/resp_reader.hpp"
#include "scripts.hpp"

namespace nightjar {
namespace {

using test::Client;
using test::from_hex;

bool holds(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

TEST(Redis, AnswersAsItWould) {
  Client client(6379);
  EXPECT_EQ(client.ask("PING\r\n"), "+PONG\r\n");
  EXPECT_EQ(client.ask("*1\r\n$4\r\nping\r\n"), "+PONG\r\n");
  EXPECT_EQ(client.ask("*2\r\n$4\r\nPING\r\n$2\r\nhi\r\n"), "$2\r\nhi\r\n");
  EXPECT_EQ(client.ask("CONFIG SET dir /var/spool/cron/\r\n"), "+OK\r\n");
  EXPECT_EQ(client.ask("CONFIG GET dbfilename\r\n"), "*2\r\n$10\r\ndbfilename\r\n$8\r\ndump.rdb\r\n");
  EXPECT_EQ(client.ask("SLAVEOF 198.51.100.7 6379\r\n"), "+OK\r\n");
  EXPECT_EQ(client.ask("FOO'BAR\r\n"), "-ERR unknown command 'FOO?BAR'\r\n");
  EXPECT_EQ(client.ask("QUIT\r\n"), "+OK\r\n");
  EXPECT_TRUE(client.closed());
}

TEST(Redis, InfoIsOneBulkString) {
  const std::string info = Client(6379).ask("INFO\r\n");
  EXPECT_TRUE(holds(info, "redis_version:"));
  const std::size_t end = info.find("\r\n");
  EXPECT_EQ(std::stoul(info.substr(1)), info.size() - end - 4);
}

TEST(Redis, NothingIsKept) {
  Client client(6379);
  EXPECT_EQ(client.ask("SET x 1\r\n"), "+OK\r\n");
  EXPECT_EQ(client.ask("GET x\r\n"), "$-1\r\n");
}

TEST(Redis, NonsenseEndsIt) {
  Client client(6379);
  EXPECT_TRUE(client.ask("*2\r\nnonsense\r\n").starts_with("-ERR Protocol error"));
  EXPECT_TRUE(client.closed());
}

TEST(RespReader, LongWordsAndManyOfThemAreReadOver) {
  RespReader reader;
  std::string said = "*20\r\n";
  for (int i = 0; i < 20; ++i) said += "$1000\r\n" + std::string(1'000, 'x') + "\r\n";
  std::string_view rest = said;
  ASSERT_TRUE(reader.take(rest));
  EXPECT_TRUE(rest.empty());
  ASSERT_EQ(reader.words().size(), RespReader::kMostWords);
  for (const std::string& word : reader.words()) EXPECT_EQ(word.size(), RespReader::kLongestWord);
}

TEST(Memcached, StoresNothing) {
  Client client(11211);
  EXPECT_EQ(client.ask("set a 0 0 3\r\nabc\r\n"), "STORED\r\n");
  EXPECT_EQ(client.ask("get a\r\n"), "END\r\n");
  EXPECT_TRUE(client.ask("version\r\n").starts_with("VERSION 1."));
  const std::string stats = client.ask("stats\r\n");
  EXPECT_TRUE(holds(stats, "STAT pid "));
  EXPECT_TRUE(stats.ends_with("END\r\n"));
  EXPECT_EQ(client.ask("nonsense\r\n"), "ERROR\r\n");
}

TEST(LineServers, AskForALoginAndRefuseIt) {
  Client ftp(21);
  EXPECT_TRUE(ftp.heard().starts_with("220 "));
  EXPECT_TRUE(ftp.say("user anonymous\r\n").starts_with("331 "));
  EXPECT_TRUE(ftp.say("PASS x\r\n").starts_with("530 "));
  Client smtp(25);
  EXPECT_TRUE(smtp.say("EHLO x\r\n").starts_with("250"));
  EXPECT_TRUE(smtp.say("RCPT TO:<a@example.org>\r\n").starts_with("554 ")) << "nobody's relay";
  Client pop3(110);
  EXPECT_TRUE(pop3.heard().starts_with("+OK "));
  EXPECT_TRUE(pop3.say("QUIT\r\n").starts_with("+OK"));
  EXPECT_TRUE(pop3.closed());
  Client imap(143);
  EXPECT_TRUE(imap.say("a1 LOGIN a b\r\n").starts_with("a1 NO "));
  EXPECT_TRUE(imap.say("<script> LOGIN a b\r\n").starts_with("* NO "));
}

TEST(FirstWords, OfTlsRdpAndVnc) {
  Client tls(4'433);
  EXPECT_EQ(tls.ask(from_hex("160301002f010000") + std::string(44, 'x')), from_hex("15030100020228")) << "alert: handshake_failure";
  EXPECT_TRUE(tls.closed());
  Client rdp(3389);
  const std::string confirm = rdp.ask(from_hex("0300002b26e00000000000") + "Cookie: mstshash=a\r\n");
  EXPECT_EQ(confirm.size(), 19U);
  EXPECT_EQ(confirm.substr(0, 6), from_hex("030000130ed0")) << "connection confirm";
  Client vnc(5900);
  EXPECT_EQ(vnc.heard(), "RFB 003.008\n");
  EXPECT_EQ(vnc.say("RFB 003.008\n"), "\x01\x02");
  EXPECT_EQ(vnc.say("\x02").size(), 16U) << "a challenge";
}

TEST(Generic, TextIsNotUnderstoodAndBytesGetNothing) {
  EXPECT_EQ(Client(4'000).ask("hello\r\n"), "ERROR\r\n");
  EXPECT_EQ(Client(4'000).ask(from_hex("0001")), "");
  EXPECT_TRUE(Client(554).ask("OPTIONS rtsp://a RTSP/1.0\r\n\r\n").starts_with("RTSP/1.0 401 "));
}

}  // namespace
}  // namespace nightjar
