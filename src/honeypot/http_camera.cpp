// Cameras of the GoAhead firmware that CVE-2017-8225 and its neighbours are about: a file of settings without a password, and programs
// that test an FTP account.
#include <array>
#include <string>

#include "honeypot/http_reply.hpp"

namespace nightjar {
namespace {

constexpr std::string_view kServer = "GoAhead-Webs";

/// The settings as the camera keeps them: zeros, a mark, the user and the password in fields of 32 bytes (the layout that the exploit of
/// March 2017 looks for).
std::string settings(const Opening& opening) {
  constexpr std::string_view kPasswords[] = {"admin", "888888", "123456", "camera", "admin123", "12345678"};
  const auto field = [](std::string_view text) { return std::string(text) + std::string(32 - text.size(), '\0'); };
  const std::string serial = "VSTC" + std::to_string(100'000 + opening.persona.number("camera serial") % 900'000);
  return std::string(64, '\0') + field(serial) + std::string("\x0a\x0a\x0a\x0a\x01", 5) + field("admin") +
         field(opening.persona.pick("camera password", kPasswords)) + std::string(256, '\0');
}

}  // namespace

HttpReply camera_reply(const HttpRequest& request, const Opening& opening) {
  const bool credentials = request.query.find("loginuse") != request.query.npos;
  if (request.path == "/system.ini" && credentials) return {200, "application/octet-stream", settings(opening), {}, kServer};
  if (request.path == "/set_ftp.cgi" || request.path == "/ftptest.cgi") return {200, "text/plain", "result=\"ok\";\r\n", {}, kServer};
  if (request.path == "/get_status.cgi" || request.path == "/get_params.cgi" || request.path == "/check_user.cgi")
    return {200,
            "text/plain",
            "var id='" + opening.persona.hex("camera id", 12) +
                "';\r\nvar sys_ver='21.37.2.47';\r\nvar alias='IPCAM';\r\nvar alarm_status=0;\r\n",
            {},
            kServer};
  return {0, {}, {}, {}};
}

}  // namespace nightjar
