#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "honeypot/dialogue.hpp"
#include "payload/http_request.hpp"

namespace nightjar {

/// What is answered to a request, before it becomes bytes.
struct HttpReply {
  int status = 200;
  std::string_view type = "text/html";  ///< Content-Type
  std::string body;
  std::string headers;        ///< further ones, each with its line end
  std::string_view server{};  ///< the header of that name; empty: the usual one of the port
};

/// The reply to a request (or to the front of one, or to a body alone). By the path where it names a device or its weakness, by the action
/// of SOAP, else by the port. No byte of the request is in it.
HttpReply http_reply(const HttpRequest& request, const Opening& opening);

/// Parts of it, nullopt-like: status 0 where they have no answer.
HttpReply camera_reply(const HttpRequest& request, const Opening& opening);  ///< http_camera.cpp: GoAhead's firmware
HttpReply soap_reply(const HttpRequest& request, const Opening& opening);    ///< http_soap.cpp: UPnP, TR-064, HNAP, descriptions
HttpReply service_reply(const HttpRequest& request,
                        const Opening& opening);  ///< http_services.cpp: Docker, Elasticsearch, YARN and the like

/// The whole answer as bytes. `body`: false for HEAD.
std::string http_bytes(const HttpReply& reply, bool body, bool keep_alive, std::int64_t unix_seconds);

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7).
std::string http_date(std::int64_t unix_seconds);

}  // namespace nightjar
