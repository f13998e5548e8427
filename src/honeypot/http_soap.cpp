// UPnP (Realtek's SDK on 52869, Huawei on 37215), TR-064 (7547) and HNAP. The action is looked up in a table; nothing of the request
// comes back.
#include <array>
#include <string>
#include <vector>

#include "honeypot/http_reply.hpp"
#include "payload/soap.hpp"

namespace nightjar {
namespace {

constexpr std::string_view kXml = "text/xml; charset=\"utf-8\"";

struct Action {
  std::string_view name, service, arguments;
};
constexpr auto kActions = std::to_array<Action>({
    {"AddPortMapping", "urn:schemas-upnp-org:service:WANIPConnection:1", ""},
    {"DeletePortMapping", "urn:schemas-upnp-org:service:WANIPConnection:1", ""},
    {"GetExternalIPAddress", "urn:schemas-upnp-org:service:WANIPConnection:1", "<NewExternalIPAddress>100.64.0.1</NewExternalIPAddress>"},
    // Who tries a device out first has it say this word and looks for it in the answer (CVE-2017-17215).
    {"Upgrade", "urn:schemas-upnp-org:service:WANPPPConnection:1", "<NewDownloadURL>HUAWEIUPNP</NewDownloadURL>"},
    {"SetNTPServers", "urn:dslforum-org:service:Time:1", ""},
    {"GetInfo", "urn:dslforum-org:service:DeviceInfo:1",
     "<NewManufacturerName>Zyxel</NewManufacturerName><NewModelName>P-660HN</NewModelName>"},
});

std::string envelope(std::string_view inside) {
  return "<?xml version=\"1.0\"?>\r\n<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" "
         "s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\"><s:Body>" +
         std::string(inside) + "</s:Body></s:Envelope>\r\n";
}

HttpReply answer_action(std::string_view action) {
  for (const Action& known : kActions) {
    if (action != known.name) continue;
    const std::string tag = "u:" + std::string(known.name) + "Response";
    return {200, kXml,
            envelope("<" + tag + " xmlns:u=\"" + std::string(known.service) + "\">" + std::string(known.arguments) + "</" + tag + ">"),
            "EXT:\r\n"};
  }
  return {500, kXml,
          envelope("<s:Fault><faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring><detail><UPnPError "
                   "xmlns=\"urn:schemas-upnp-org:control-1-0\"><errorCode>401</errorCode><errorDescription>Invalid "
                   "Action</errorDescription></UPnPError></detail></s:Fault>"),
          "EXT:\r\n"};
}

/// The settings that D-Link's devices tell without a password (CVE-2015-2051 hides its command in the action's name).
HttpReply hnap(const Opening& opening) {
  constexpr std::string_view kModels[] = {"DIR-645", "DIR-815", "DIR-850L", "DIR-860L", "DIR-300"};
  const std::string model(opening.persona.pick("hnap model", kModels));
  return {
      200,
      kXml,
      "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>"
      "<GetDeviceSettingsResponse xmlns=\"http://purenetworks.com/HNAP1/\"><GetDeviceSettingsResult>OK</GetDeviceSettingsResult>"
      "<Type>GatewayWithWiFi</Type><DeviceName>" +
          model + "</DeviceName><VendorName>D-Link</VendorName><ModelDescription>Wireless N Router</ModelDescription><ModelName>" + model +
          "</ModelName><FirmwareVersion>1.0" + std::to_string(opening.persona.number("hnap firmware") % 6) +
          "</FirmwareVersion></GetDeviceSettingsResponse></soap:Body></soap:Envelope>\r\n",
      {},
      "Linux, HTTP/1.1, DIR"};
}

HttpReply description(const Opening& opening) {
  const bool huawei = opening.port == 37215;
  const std::string service = "urn:schemas-upnp-org:service:WANIPConnection:1";
  return {200,
          kXml,
          "<?xml version=\"1.0\"?>\r\n<root "
          "xmlns=\"urn:schemas-upnp-org:device-1-0\"><specVersion><major>1</major><minor>0</minor></specVersion><device>"
          "<deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:1</deviceType><friendlyName>" +
              std::string(huawei ? "HG532e" : "RTL8671") + "</friendlyName><manufacturer>" + (huawei ? "Huawei" : "Realtek") +
              "</manufacturer><modelName>" + (huawei ? "HG532e" : "RTL8671") + "</modelName><serialNumber>" +
              opening.persona.hex("upnp serial", 12) + "</serialNumber><UDN>uuid:" + opening.persona.uuid("upnp device") +
              "</UDN><serviceList><service><serviceType>" + service +
              "</serviceType><serviceId>urn:upnp-org:serviceId:WANIPConn1</serviceId><SCPDURL>/wanipcn.xml</SCPDURL><controlURL>/" +
              (huawei ? "ctrlt/WANIPConnection_1" : "wanipcn.xml") +
              "</controlURL><eventSubURL>/evt</eventSubURL></service></serviceList></device></root>\r\n",
          {}};
}

}  // namespace

HttpReply soap_reply(const HttpRequest& request, const Opening& opening) {
  if (request.path.starts_with("/HNAP1")) return hnap(opening);
  // TR-064 is looked for with a page that is not there: the error page's way back tells the device (CVE-2016-10372).
  if (request.path == "/globe")
    return {404,
            "text/html",
            "<html><head><title>Object Not Found</title></head><body><h1>Object Not Found</h1><a "
            "href=\"home_wan.htm\">Return</a></body></html>\r\n",
            {}};
  const std::string_view header = request.header("SOAPAction");
  std::vector<SoapElement> elements;
  if (request.method != "GET" && request.method != "HEAD") {
    read_elements(request.body, elements);
    const bool enveloped = !elements.empty() && (elements[0].name == "Envelope" || (elements.size() > 1 && elements[1].name == "Envelope"));
    if (!header.empty() || enveloped) return answer_action(soap_action(header, elements));
  }
  constexpr std::string_view kDescriptions[] = {"/picsdesc.xml", "/picdesc.xml",   "/wanipcn.xml", "/rootDesc.xml",         "/upnpdev.xml",
                                                "/gatedesc.xml", "/simplecfg.xml", "/igd.xml",     "/DeviceDescription.xml"};
  for (const std::string_view path : kDescriptions)
    if (request.path == path) return description(opening);
  return {0, {}, {}, {}};
}

}  // namespace nightjar
