#include "payload/soap.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nightjar {
namespace {

std::vector<SoapElement> elements_of(std::string_view body) {
  std::vector<SoapElement> elements;
  read_elements(body, elements);
  return elements;
}
std::string text_of(std::string_view body) {
  std::string text;
  for (const SoapElement& element : elements_of(body)) text += "[" + std::string(element.name) + "|" + std::string(element.text) + "]";
  return text;
}
std::string decoded(std::string_view text) {
  std::string to;
  decode_entities(text, to);
  return to;
}

TEST(SoapElements, HaveNamesWithoutPrefixAndTheTextBehindThem) {
  EXPECT_EQ(text_of("<?xml version=\"1.0\"?><s:Body><u:Add xmlns:u=\"urn:x\"><New>v</New></u:Add></s:Body>"), "[Body|][Add|][New|v]");
  EXPECT_EQ(text_of("<u:Add\nxmlns:u=\"x\">\nv\n</u:Add>"), "[Add|\nv\n]");
}

TEST(SoapElements, NeedNothingClosedOrSpelledRight) {
  EXPECT_EQ(text_of("<?xml.version=\"1.0\" ?><NewDownoadURL>$(echo H)</NewDownloadURL>"), "[NewDownoadURL|$(echo H)]");
  EXPECT_EQ(text_of("<a>one<b>two"), "[a|one][b|two]");
  EXPECT_EQ(text_of("<a>`cut"), "[a|`cut]");
  EXPECT_EQ(text_of("<a"), "");
  EXPECT_EQ(text_of("a > b < c"), "");
  EXPECT_EQ(text_of("<<a>x"), "[a|x]");
  EXPECT_EQ(text_of("<a/><b>x</b>"), "[a|][b|x]");
}

TEST(SoapElements, TakeWhatIsInCdata) {
  EXPECT_EQ(text_of("<a><![CDATA[x<y>z]]></a><b>c</b>"), "[a|x<y>z][b|c]");
  EXPECT_EQ(text_of("<a><![CDATA[`cut"), "[a|`cut]");
  EXPECT_EQ(text_of("<![CDATA[x]]>"), "");
}

TEST(SoapElements, AreBounded) {
  std::string many;
  for (int i = 0; i < 2'000; ++i) many += "<a>";
  EXPECT_EQ(elements_of(many).size(), kMostSoapElements);
}

TEST(SoapAction, IsTheLastPartOfTheHeader) {
  EXPECT_EQ(soap_action("urn:schemas-upnp-org:service:WANIPConnection:1#AddPortMapping", {}), "AddPortMapping");
  EXPECT_EQ(soap_action("\"urn:dslforum-org:service:Time:1#SetNTPServers\"", {}), "SetNTPServers");
  EXPECT_EQ(soap_action("\"http://purenetworks.com/HNAP1/GetDeviceSettings/`cd /tmp`\"", {}), "GetDeviceSettings");
  EXPECT_EQ(soap_action("Plain", {}), "Plain");
}

TEST(SoapAction, IsTheFirstElementOfTheBodyWithoutHeader) {
  EXPECT_EQ(soap_action("", elements_of("<s:Envelope><s:Body><u:Upgrade><New>")), "Upgrade");
  EXPECT_EQ(soap_action("`reboot`", elements_of("<s:Body><u:Upgrade>")), "Upgrade");
  EXPECT_EQ(soap_action("", elements_of("<a><b>")), "");
  EXPECT_EQ(soap_action("", elements_of("<s:Body>")), "");
}

TEST(Entities, AreTheirBytes) {
  EXPECT_EQ(decoded("a&amp;&amp;b &lt;&gt;&quot;&apos;"), "a&&b <>\"'");
  EXPECT_EQ(decoded("&#96;x&#x60;&#X60;"), "`x``");
  EXPECT_EQ(decoded("&nbsp; &amp &;&#; &#x; &#300; &#99999999;"), "&nbsp; &amp &;&#; &#x; &#300; &#99999999;");
}

}  // namespace
}  // namespace nightjar
