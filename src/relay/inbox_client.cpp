#include "relay/inbox_client.hpp"

#include <nlohmann/json.hpp>

#include "relay/https_client.hpp"

namespace nightjar {
namespace {

InboxReply reply_of(const HttpsReply& answer) {
  InboxReply reply;
  reply.status = answer.status;
  const auto body = nlohmann::json::parse(answer.body, nullptr, false);
  if (!body.is_object()) {
    if (reply.taken()) reply.status = 502;  // whoever this is, it is no central node
    reply.sentence = "its answer is not that of nightjar receive";
    return reply;
  }
  if (const auto have = body.find("have"); have != body.end() && have->is_number_unsigned()) reply.have = have->get<std::uint64_t>();
  if (const auto complete = body.find("complete"); complete != body.end() && complete->is_boolean()) reply.complete = complete->get<bool>();
  if (const auto error = body.find("error"); error != body.end() && error->is_string()) reply.sentence = error->get<std::string>();
  return reply;
}

}  // namespace

Result<InboxReply> HttpsInboxClient::ask(const std::string& digest) {
  auto answer = connection_.call("GET", "/v1/segments/" + digest, {});
  if (!answer) return answer.error();
  return reply_of(*answer);
}

Result<InboxReply> HttpsInboxClient::bring(const std::string& digest, std::uint64_t size, std::uint64_t offset, std::string_view bytes) {
  const std::string target = "/v1/segments/" + digest + "?size=" + std::to_string(size) + "&offset=" + std::to_string(offset);
  auto answer = connection_.call("PUT", target, bytes);
  if (!answer) return answer.error();
  return reply_of(*answer);
}

}  // namespace nightjar
