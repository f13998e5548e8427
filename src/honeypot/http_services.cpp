// What is administered over HTTP on ports of its own, as far as intruders ask: Docker, Elasticsearch, YARN, CouchDB, WebLogic.
#include <string>

#include "honeypot/http_reply.hpp"

namespace nightjar {
namespace {

constexpr std::string_view kJson = "application/json";

HttpReply docker(const HttpRequest& request, const Opening& opening) {
  constexpr std::string_view kServer = "Docker/18.09.7 (linux)";
  const std::string_view path = request.path;
  if (path == "/_ping") return {200, "text/plain", "OK", {}, kServer};
  if (path.ends_with("/version"))
    return {200,
            kJson,
            "{\"Version\":\"18.09.7\",\"ApiVersion\":\"1.39\",\"MinAPIVersion\":\"1.12\",\"Os\":\"linux\",\"Arch\":\"amd64\","
            "\"KernelVersion\":\"4.15.0-55-generic\"}\n",
            {},
            kServer};
  if (path.ends_with("/info"))
    return {200,
            kJson,
            "{\"ID\":\"" + opening.persona.hex("docker id", 32) + "\",\"Containers\":0,\"Images\":4,\"Name\":\"" +
                opening.persona.hex("docker name", 8) + "\",\"ServerVersion\":\"18.09.7\",\"NCPU\":4}\n",
            {},
            kServer};
  if (path.ends_with("/containers/json") || path.ends_with("/images/json")) return {200, kJson, "[]\n", {}, kServer};
  if (path.ends_with("/containers/create") || path.ends_with("/exec"))
    return {
        201, kJson, "{\"Id\":\"" + opening.persona.hex("docker container", 64, opening.number) + "\",\"Warnings\":null}\n", {}, kServer};
  if (path.ends_with("/images/create")) return {200, kJson, "{\"status\":\"Status: Image is up to date\"}\n", {}, kServer};
  if (path.ends_with("/start") || path.ends_with("/wait")) return {204, kJson, {}, {}, kServer};
  return {404, kJson, "{\"message\":\"page not found\"}\n", {}, kServer};
}

HttpReply elasticsearch(const HttpRequest& request, const Opening& opening) {
  if (request.path.find("_search") != request.path.npos)
    return {200,
            "application/json; charset=UTF-8",
            "{\"took\":3,\"timed_out\":false,\"_shards\":{\"total\":0,\"successful\":0,\"failed\":0},\"hits\":{\"total\":0,\"max_score\":"
            "null,\"hits\":[]}}",
            {},
            {}};
  if (request.path != "/") return {200, "text/plain; charset=UTF-8", {}, {}, {}};
  return {200,
          "application/json; charset=UTF-8",
          "{\n  \"status\" : 200,\n  \"name\" : \"" + opening.persona.hex("elastic name", 7) +
              "\",\n  \"cluster_name\" : \"elasticsearch\",\n  \"version\" : {\n    \"number\" : \"1.4.2\",\n    \"build_hash\" : \"" +
              opening.persona.hex("elastic build", 40) + "\",\n    \"lucene_version\" : \"4.10.2\"\n  }\n}\n",
          {},
          {}};
}

HttpReply yarn(const HttpRequest& request, const Opening& opening) {
  constexpr std::string_view kServer = "Jetty(6.1.26)";
  const std::string application =
      "application_" + std::to_string(1'500'000'000'000 + opening.persona.number("yarn start") % 100'000'000'000) + "_0001";
  if (request.path.ends_with("/new-application"))
    return {200,
            kJson,
            "{\"application-id\":\"" + application + "\",\"maximum-resource-capability\":{\"memory\":8192,\"vCores\":4}}",
            {},
            kServer};
  if (request.method == "POST") return {202, kJson, {}, {}, kServer};
  return {200, kJson, "{\"clusterInfo\":{\"state\":\"STARTED\",\"haState\":\"ACTIVE\",\"hadoopVersion\":\"2.7.3\"}}", {}, kServer};
}

}  // namespace

HttpReply service_reply(const HttpRequest& request, const Opening& opening) {
  if (opening.port == 2375) return docker(request, opening);
  if (opening.port == 9200) return elasticsearch(request, opening);
  if (request.path.starts_with("/ws/v1/cluster")) return yarn(request, opening);
  if (opening.port == 5984 && request.path == "/")
    return {200,
            kJson,
            "{\"couchdb\":\"Welcome\",\"uuid\":\"" + opening.persona.hex("couch id", 32) + "\",\"version\":\"1.6.1\"}\n",
            {},
            "CouchDB/1.6.1 (Erlang OTP/17)"};
  if (request.path.starts_with("/wls-wsat/"))  // the command has run when this comes (CVE-2017-10271)
    return {500,
            "text/xml; charset=utf-8",
            "<?xml version='1.0' encoding='UTF-8'?><S:Envelope xmlns:S=\"http://schemas.xmlsoap.org/soap/envelope/\"><S:Body><S:Fault>"
            "<faultcode>S:Server</faultcode><faultstring>0</faultstring></S:Fault></S:Body></S:Envelope>",
            {},
            {}};
  return {0, {}, {}, {}};
}

}  // namespace nightjar
