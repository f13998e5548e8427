#include "relay/https_client.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <charconv>
#include <chrono>
#include <optional>
#include <utility>

namespace nightjar {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;
using Request = http::request<http::string_body>;

constexpr std::uint32_t kMostHeadBytes = 8'192, kMostBodyBytes = 1 << 20;

class Client final : public HttpsClient {
 public:
  explicit Client(HttpsClientOptions options) : options_(std::move(options)) {}

  Result<void> read_authority() {
    boost::system::error_code error;
    if (options_.authority.empty())
      tls_.set_default_verify_paths(error);
    else
      tls_.load_verify_file(options_.authority.string(), error);
    if (error) return Error{"cannot read certificates of " + options_.authority.string() + ": " + error.message()};
    tls_.set_verify_mode(asio::ssl::verify_peer);
    tls_.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1);
    return {};
  }

  Result<HttpsReply> call(std::string_view method, const std::string& target, std::string_view body) override {
    Request request{http::string_to_verb({method.data(), method.size()}), target, 11};
    request.body() = body;
    return talk(std::move(request));
  }

 private:
  Result<HttpsReply> talk(Request request) {
    request.set(http::field::host, options_.url.host);
    request.set(http::field::user_agent, "nightjar");
    request.set(http::field::authorization, "Bearer " + options_.token);
    request.prepare_payload();
    // A connection that the other side has closed meanwhile is not the sensor's trouble: once more on a new one.
    const bool fresh = !stream_;
    auto reply = once(request);
    if (!reply && !fresh) reply = once(request);
    return reply;
  }

  Result<HttpsReply> once(const Request& request) {
    std::optional<HttpsReply> reply;
    std::string reason;
    asio::co_spawn(context_, exchange(request, reply), [&](const std::exception_ptr& failed) {
      if (failed) reason = text_of(failed);
    });
    context_.restart();
    context_.run();
    if (reply) return *std::move(reply);
    stream_.reset();
    return Error{options_.url.host + " port " + std::to_string(options_.url.port) + ": " + reason};
  }

  static std::string text_of(const std::exception_ptr& failed) {
    try {
      std::rethrow_exception(failed);
    } catch (const boost::system::system_error& error) {
      if (error.code() == beast::error::timeout) return "no answer in time";
      if (error.code().category() == asio::error::get_ssl_category())
        return "no trusted connection (" + error.code().message() + "); --ca names the certificate that is to be believed";
      return error.code().message();
    } catch (const std::exception& error) {
      return error.what();
    }
  }

  asio::awaitable<void> connect() {
    tcp::resolver resolver(context_);
    const auto places = co_await resolver.async_resolve(options_.url.host, std::to_string(options_.url.port), asio::use_awaitable);
    stream_.emplace(context_, tls_);
    stream_->set_verify_callback(asio::ssl::host_name_verification(options_.url.host));
    boost::system::error_code is_name;
    asio::ip::make_address(options_.url.host, is_name);
    if (is_name) SSL_set_tlsext_host_name(stream_->native_handle(), options_.url.host.c_str());
    beast::tcp_stream& below = beast::get_lowest_layer(*stream_);
    below.expires_after(std::chrono::seconds(options_.seconds));
    co_await below.async_connect(places, asio::use_awaitable);
    below.expires_after(std::chrono::seconds(options_.seconds));
    co_await stream_->async_handshake(asio::ssl::stream_base::client, asio::use_awaitable);
    buffer_.clear();
  }

  asio::awaitable<void> exchange(const Request& request, std::optional<HttpsReply>& reply) {
    if (!stream_) co_await connect();
    beast::tcp_stream& below = beast::get_lowest_layer(*stream_);
    below.expires_after(std::chrono::seconds(options_.seconds));
    co_await http::async_write(*stream_, request, asio::use_awaitable);
    below.expires_after(std::chrono::seconds(options_.seconds));
    http::response_parser<http::string_body> parser;
    parser.header_limit(kMostHeadBytes);
    parser.body_limit(kMostBodyBytes);
    co_await http::async_read(*stream_, buffer_, parser, asio::use_awaitable);
    below.expires_never();
    reply = HttpsReply{parser.get().result_int(), parser.get().body()};
    if (!parser.get().keep_alive()) stream_.reset();
  }

  HttpsClientOptions options_;
  asio::io_context context_{1};
  asio::ssl::context tls_{asio::ssl::context::tls_client};
  std::optional<TlsStream> stream_;
  beast::flat_buffer buffer_{kMostHeadBytes + kMostBodyBytes};
};

}  // namespace

Result<CentralUrl> parse_central_url(std::string_view text) {
  const Error wrong{"'" + std::string(text) + "' is no address of a central node: it looks like https://central.example:9471"};
  constexpr std::string_view scheme = "https://";
  if (!text.starts_with(scheme)) return wrong;
  text.remove_prefix(scheme.size());
  if (text.ends_with('/')) text.remove_suffix(1);
  CentralUrl url;
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return wrong;
    url.host = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
    if (!text.empty() && text.front() != ':') return wrong;
    port = text.substr(std::min<std::size_t>(1, text.size()));
  } else {
    const std::size_t colon = std::min(text.find(':'), text.size());
    url.host = text.substr(0, colon);
    port = text.substr(std::min(colon + 1, text.size()));
    if (colon + 1 == text.size()) return wrong;
  }
  if (url.host.empty() || url.host.find_first_of("/?#@ \t") != std::string::npos) return wrong;
  if (port.empty()) return url;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
  if (error != std::errc() || end != port.data() + port.size() || url.port == 0) return wrong;
  return url;
}

Result<std::unique_ptr<HttpsClient>> HttpsClient::make(const HttpsClientOptions& options) {
  auto client = std::make_unique<Client>(options);
  if (auto read = client->read_authority(); !read) return read.error();
  return std::unique_ptr<HttpsClient>(std::move(client));
}

}  // namespace nightjar
