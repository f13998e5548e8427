#include "honeypot/http_reply.hpp"

#include <algorithm>
#include <array>
#include <ctime>

namespace nightjar {
namespace {

/// What a port's own device calls itself, and how it asks for a password.
struct Face {
  std::string_view server, realm, title;
  bool asks;  ///< for a password (401), else shows a page to log in
};
constexpr auto kRouters = std::to_array<Face>({
    {"Boa/0.94.14rc21", "Wireless N Router", "", true},
    {"mini_httpd/1.19 19dec2003", "DSL Router", "", true},
    {"micro_httpd", "ADSL Modem", "", true},
    {"lighttpd/1.4.35", "", "Login", false},
    {"uc-httpd 1.0.0", "", "NETSurveillance WEB", false},
    {"thttpd/2.25b 29dec2003", "DVR", "", true},
    {"nginx/1.10.3", "", "Welcome to nginx!", false},
    {"Apache/2.2.22 (Debian)", "", "It works!", false},
});
constexpr Face kRomPager{"RomPager/4.07 UPnP/1.0", "Home Gateway", "", true};
constexpr Face kHuawei{"Linux UPnP/1.0 Huawei-ATP-IGD", "HuaweiHomeGateway", "", true};
constexpr Face kRealtek{"miniupnpd/1.0 UPnP/1.0", "", "", false};
constexpr Face kCamera{"GoAhead-Webs", "IPCamera", "", true};
constexpr Face kJaws{"JAWS/1.0 Jan 21 2017", "", "", false};

const Face& face_of(const Opening& opening) {
  switch (opening.port) {
    case 81:
    case 82:
    case 83:
    case 84:
    case 85:
    case 88:
    case 99: return kCamera;
    case 7547: return kRomPager;
    case 37215: return kHuawei;
    case 52869:
    case 49152:
    case 5431: return kRealtek;
    case 60001: return kJaws;
    default: return kRouters[opening.persona.number("http face") % kRouters.size()];
  }
}

std::string page(std::string_view title) {
  return "<html><head><title>" + std::string(title) + "</title></head><body><h1>" + std::string(title) + "</h1></body></html>\r\n";
}

/// Programs behind well-known weaknesses: whatever they are asked, they seem to have done it.
constexpr std::string_view kObeying[] = {
    "/shell",       "/setup.cgi",   "/tmUnblock.cgi", "/GponForm/", "/boaform/",           "/cgi-bin/",
    "/goform/",     "/board.cgi",   "/stok=",         "/apply.cgi", "/index.php",          "/login.cgi",
    "/set_ftp.cgi", "/ftptest.cgi", "/diag_Form",     "/soap.cgi",  "/upgrade_handle.php", "/language/"};

HttpReply front_page(const Face& face, const Opening& opening) {
  if (!face.asks) return {200, "text/html", page(face.title), {}};
  HttpReply reply{401, "text/html", page("401 Unauthorized"), {}};
  // Cameras ask for a digest, the others for the password itself, which tells more.
  if (&face == &kCamera || &face == &kHuawei)
    reply.headers = "WWW-Authenticate: Digest realm=\"" + std::string(face.realm) + "\", qop=\"auth\", nonce=\"" +
                    opening.persona.hex("http nonce", 32, opening.number) + "\", algorithm=\"MD5\"\r\n";
  else
    reply.headers = "WWW-Authenticate: Basic realm=\"" + std::string(face.realm) + "\"\r\n";
  return reply;
}

HttpReply by_path(const HttpRequest& request, const Opening& opening) {
  const Face& face = face_of(opening);
  if (request.method == "OPTIONS") return {200, "text/html", {}, "Allow: GET, HEAD, POST, OPTIONS\r\n"};
  // Nobody's proxy.
  if (request.method == "CONNECT" || request.target.find("://") < 8) return {405, "text/html", page("405 Method Not Allowed"), {}};
  if (request.method == "PUT" || request.method == "DELETE") return {403, "text/html", page("403 Forbidden"), {}};
  for (const std::string_view path : kObeying)
    if (request.path.starts_with(path)) return {200, "text/html", "<html><body>OK</body></html>\r\n", {}};
  if (request.path == "/" || request.path.starts_with("/index") || request.path.starts_with("/login") || face.asks)
    return front_page(face, opening);
  return {404, "text/html", page("404 Not Found"), {}};
}

std::string_view reason_of(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 500: return "Internal Server Error";
    default: return "Bad Request";
  }
}

}  // namespace

HttpReply http_reply(const HttpRequest& request, const Opening& opening) {
  HttpReply reply;
  for (const auto part : {soap_reply, camera_reply, service_reply, by_path}) {
    reply = part(request, opening);
    if (reply.status != 0) break;
  }
  if (reply.server.empty()) reply.server = face_of(opening).server;
  return reply;
}

std::string http_bytes(const HttpReply& reply, bool body, bool keep_alive, std::int64_t unix_seconds) {
  std::string bytes = "HTTP/1.1 " + std::to_string(reply.status) + " " + std::string(reason_of(reply.status)) + "\r\n";
  if (!reply.server.empty()) bytes += "Server: " + std::string(reply.server) + "\r\n";
  bytes += "Date: " + http_date(unix_seconds) + "\r\n";
  if (reply.status != 204)
    bytes += "Content-Type: " + std::string(reply.type) + "\r\nContent-Length: " + std::to_string(reply.body.size()) + "\r\n";
  bytes += reply.headers;
  bytes += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  if (body && reply.status != 204) bytes += reply.body;
  return bytes;
}

std::string http_date(std::int64_t unix_seconds) {
  const std::time_t time = static_cast<std::time_t>(unix_seconds);
  std::tm parts{};
  char text[40] = "";
  if (::gmtime_r(&time, &parts) != nullptr) std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return text;
}

}  // namespace nightjar
