#include <gtest/gtest.h>

#include "client.hpp"
#include "honeypot/http_reply.hpp"
#include "payload/malware_urls.hpp"
#include "scripts.hpp"

namespace nightjar {
namespace {

using namespace std::chrono_literals;
using test::Client;

bool holds(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }
std::string body_of(const std::string& answer) { return answer.substr(answer.find("\r\n\r\n") + 4); }

TEST(Http, CameraGivesItsPasswordAway) {
  Client client(81);
  const std::string answer = client.ask("GET /system.ini?loginuse&loginpas HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_TRUE(holds(answer, "Server: GoAhead-Webs"));
  const std::string body = body_of(answer);
  EXPECT_TRUE(holds(body, std::string("\x0a\x0a\x0a\x0a\x01"
                                      "admin\0",
                                      11)));
  EXPECT_TRUE(holds(client.ask("GET /set_ftp.cgi?next_url=ftp.htm&svr=$(id)&loginuse=admin&loginpas=x HTTP/1.1\r\n\r\n"), "ok"))
      << "the bot's next step, on the same connection";
}

TEST(Http, HuaweiSaysTheWordThatIsLookedFor) {
  Client client(37215);
  const std::string body = test::kFigure9;
  const std::string answer =
      client.ask("POST /ctrlt/DeviceUpgrade_1 HTTP/1.1\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_TRUE(holds(answer, "HUAWEIUPNP"));
  EXPECT_TRUE(holds(answer, "UpgradeResponse"));
}

TEST(Http, FiguresOfTheReportAreAnsweredThoughTheyHaveNoEnd) {
  Client realtek(52869);
  EXPECT_EQ(realtek.say(test::kFigure7), "");
  EXPECT_TRUE(holds(realtek.wait(), "AddPortMappingResponse"));
  Client huawei(37215);
  EXPECT_TRUE(holds(huawei.ask(test::kFigure9), "UpgradeResponse"));
}

TEST(Http, SoapOfTr064) {
  Client client(7547);
  EXPECT_TRUE(
      holds(client.ask("POST /UD/act?1 HTTP/1.1\r\nSOAPAction: urn:dslforum-org:service:Time:1#SetNTPServers\r\nContent-Length: 0\r\n\r\n"),
            "SetNTPServersResponse"));
  const std::string globe = client.ask("GET /globe HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(globe.starts_with("HTTP/1.1 404 "));
  EXPECT_TRUE(holds(globe, "home_wan.htm"));
}

TEST(Http, HnapTellsItsModel) {
  Client client(8080);
  EXPECT_TRUE(holds(client.ask("POST /HNAP1/ HTTP/1.0\r\nSOAPAction: \"http://purenetworks.com/HNAP1/GetDeviceSettings/`reboot`\"\r\n\r\n"),
                    "<ModelName>DIR-"));
}

TEST(Http, ActionsThatNobodyKnowsAreFaults) {
  Client client(52869);
  const std::string answer = client.ask("POST /x HTTP/1.1\r\nSOAPAction: urn:x#Burn\r\nContent-Length: 0\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 500 "));
  EXPECT_FALSE(holds(answer, "Burn"));
}

TEST(Http, SomePortAsksForAPassword) {
  Client client(7547);
  const std::string answer = client.ask("GET / HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 401 Unauthorized\r\n"));
  EXPECT_TRUE(holds(answer, "WWW-Authenticate: Basic realm="));
}

TEST(Http, LengthThatIsTooLongEndsWithSilence) {
  Client client(80);
  EXPECT_EQ(client.say("POST /a HTTP/1.1\r\nContent-Length: 430\r\n\r\nshort"), "");
  EXPECT_LT(client.wait_time(), 5s);
  EXPECT_TRUE(client.wait().starts_with("HTTP/1.1 "));
  EXPECT_TRUE(client.closed());
}

TEST(Http, WhatIsBehindTheLengthIsNoRequest) {
  Client client(80);
  const std::string answer = client.say("POST /a HTTP/1.1\r\nContent-Length: 2\r\n\r\nabcdefgh\r\nmore\r\nGET /b HTTP/1.1\r\n\r\n");
  std::size_t answers = 0;
  for (std::size_t at = answer.find("HTTP/1.1 "); at != answer.npos; at = answer.find("HTTP/1.1 ", at + 1)) ++answers;
  EXPECT_EQ(answers, 2U);
}

TEST(Http, ContinuesWhenAsked) {
  Client client(80);
  EXPECT_EQ(client.say("PUT /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_TRUE(client.say("ab").starts_with("HTTP/1.1 403 "));
}

TEST(Http, HeadHasNoBodyAndVersionZeroCloses) {
  Client client(8545);
  const std::string head = client.ask("HEAD / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(body_of(head), "");
  EXPECT_TRUE(holds(head, "Content-Length: "));
  EXPECT_FALSE(client.closed());
  client.ask("GET / HTTP/1.0\r\n\r\n");
  EXPECT_TRUE(client.closed());
}

TEST(Http, LengthIsTheBodys) {
  for (const std::uint16_t port : {80, 81, 2375, 5984, 7547, 8088, 9200, 37215, 52869, 60001}) {
    for (const std::string path : {"/", "/version", "/picsdesc.xml", "/HNAP1/", "/nothing"}) {
      Client client(port);
      const std::string answer = client.ask("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
      const std::size_t at = answer.find("Content-Length: ");
      ASSERT_NE(at, answer.npos);
      EXPECT_EQ(std::stoul(answer.substr(at + 16)), body_of(answer).size()) << port << path;
    }
  }
}

/// A page that says again what was asked would carry others' scripts to others' browsers.
TEST(Http, NothingOfTheRequestComesBack) {
  const std::string mark = "<script>QQXQQ</script>";
  for (const Service& service : honeypot_services()) {
    for (const std::uint16_t port : service.ports) {
      Client client(port);
      std::string all = client.ask("GET /" + mark + "?" + mark + " HTTP/1.1\r\nHost: " + mark + "\r\nUser-Agent: " + mark +
                                   "\r\nCookie: " + mark + "\r\n\r\n");
      if (!client.closed())
        all += client.ask("POST /cgi-bin/" + mark + " HTTP/1.1\r\nSOAPAction: urn:x#" + mark + "\r\nContent-Length: 22\r\n\r\n" + mark);
      EXPECT_TRUE(holds(all, "HTTP/1.1 ")) << port;
      EXPECT_FALSE(holds(all, "QQXQQ")) << port;
    }
  }
}

TEST(Http, NobodysProxy) {
  EXPECT_TRUE(Client(8080).ask("GET http://example.org/ HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 405 "));
  EXPECT_TRUE(Client(8080).ask("CONNECT example.org:443 HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 405 "));
}

TEST(Http, DockerTakesAContainer) {
  Client client(2375);
  EXPECT_TRUE(holds(client.ask("GET /version HTTP/1.1\r\n\r\n"), "\"ApiVersion\""));
  EXPECT_TRUE(client.ask("POST /v1.24/containers/create HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}").starts_with("HTTP/1.1 201 "));
}

TEST(Http, DateIsTheCallers) { EXPECT_EQ(http_date(784'111'777), "Sun, 06 Nov 1994 08:49:37 GMT"); }

TEST(Http, EndlessHeadIsRefused) {
  Client client(80);
  client.say("GET / HTTP/1.1\r\n");
  for (int i = 0; i < 100 && !client.closed(); ++i) client.say("X: " + std::string(1'000, 'y') + "\r\n");
  EXPECT_TRUE(client.closed());
}

}  // namespace
}  // namespace nightjar
