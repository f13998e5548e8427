#include <gtest/gtest.h>

#include <set>

#include "reflector/ask.hpp"

namespace nightjar::reflector {
namespace {

using namespace test;

std::string line_of(const std::string& text, const std::string& name) {
  const std::size_t at = text.find("\r\n" + name + ":");
  if (at == std::string::npos) return "none";
  const std::size_t begin = at + 2 + name.size() + 1;
  return text.substr(begin, text.find("\r\n", begin) - begin);
}

void expect_all_of_it(const std::vector<ByteVector>& packets) {
  ASSERT_EQ(packets.size(), 9u);
  std::set<std::string> targets;
  for (const ByteVector& packet : packets) {
    const std::string text = text_of(packet);
    EXPECT_TRUE(text.starts_with("HTTP/1.1 200 OK\r\n"));
    EXPECT_TRUE(text.ends_with("\r\n\r\n")) << "the blank line that other reflectors leave out";
    EXPECT_EQ(text.find("\r\n\r\n"), text.size() - 4);
    EXPECT_LE(text.size(), 1'232u);
    for (const std::string name : {"CACHE-CONTROL", "ST", "USN", "EXT", "SERVER", "LOCATION"})
      EXPECT_NE(line_of(text, name), "none") << name;
    EXPECT_EQ(line_of(text, "LOCATION"), " http://198.41.0.4:52869/picsdesc.xml") << "the address that was asked";
    targets.insert(line_of(text, "ST"));
  }
  EXPECT_EQ(targets.size(), 9u) << "one answer a target";
  EXPECT_TRUE(targets.contains(" upnp:rootdevice"));
  EXPECT_TRUE(targets.contains(" uuid:00e0fc37-2525-2828-2500-00e0fc372525")) << "as a real one of this maker";
}

// Acceptance vector 5: what scanners and attackers send; 3 of them are refused by another reflector.
TEST(Ssdp, AnswersAllFormsOfASearch) {
  const std::string textbook =
      "M-SEARCH * HTTP/1.1\r\nHost: 239.255.255.250:1900\r\nMan: \"ssdp:discover\"\r\nMX: 3\r\nST: ssdp:all\r\n\r\n";
  for (const std::string& request :
       {textbook, std::string("M-SEARCH * HTTP/1.1\r\nHost:239.255.255.250:1900\r\nST:ssdp:all\r\nMan:\"ssdp:discover\"\r\n\r\n"),
        std::string("M-SEARCH * HTTP/1.1\nHost: 239.255.255.250:1900\nMan: \"ssdp:discover\"\nMX: 3\nST: ssdp:all\n\n"),
        std::string("M-SEARCH\nST:ssdp:all\nMAN:\"ssdp:discover\"\n"), std::string("m-search * http/1.1\r\nst : SSDP:ALL\r\n\r\n")}) {
    SCOPED_TRACE(request);
    expect_all_of_it(ask(1900, text_bytes(request)));
  }
}

std::string search(std::string_view target) {
  return text_of(one(ask(1900, text_bytes("M-SEARCH * HTTP/1.1\r\nMX: 1\r\nST: " + std::string(target) + "\r\n\r\n"))));
}

TEST(Ssdp, AnswersOneTargetOnce) {
  EXPECT_EQ(line_of(search("upnp:rootdevice"), "ST"), " upnp:rootdevice");
  EXPECT_EQ(line_of(search("urn:schemas-upnp-org:service:WANIPConnection:1"), "USN"),
            " uuid:00e0fc37-2525-2828-2500-00e0fc372525::urn:schemas-upnp-org:service:WANIPConnection:1");
  EXPECT_EQ(line_of(search("upnp:all"), "ST"), " upnp:rootdevice");
}

TEST(Ssdp, IsSilentForWhatIsNotThere) {
  EXPECT_EQ(search("urn:schemas-upnp-org:device:MediaRenderer:1"), "");
  EXPECT_EQ(search("roku:ecp"), "");
  EXPECT_TRUE(ask(1900, text_bytes("NOTIFY * HTTP/1.1\r\nNT: upnp:rootdevice\r\n\r\n")).empty());
}

}  // namespace
}  // namespace nightjar::reflector
