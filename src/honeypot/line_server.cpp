// FTP, SMTP, POP3 and IMAP: a greeting, and a line of answer to a line of command. A table each.
#include <array>
#include <span>
#include <string>

#include "honeypot/dialogues.hpp"
#include "honeypot/line_reader.hpp"
#include "payload/http_request.hpp"

namespace nightjar {
namespace {

constexpr std::size_t kLongestLine = 1'000;  // RFC 5321, 4.5.3.1.6
constexpr int kMostLines = 100;              // then the client is told nothing more

struct Row {
  std::string_view command, answer;
  bool close = false;
};

struct Protocol {
  std::string_view greeting_before, greeting_behind;  ///< the host's name stands between
  std::span<const Row> rows;
  std::string_view unknown;
  bool tagged = false;  ///< the first word of a line comes back before the answer (IMAP)
};

// RFC 959. A client that wants to send a file is let in as far as the data connection, which is never made.
constexpr Row kFtp[] = {{"USER", "331 Please specify the password.\r\n"},
                        {"PASS", "530 Login incorrect.\r\n"},
                        {"SYST", "215 UNIX Type: L8\r\n"},
                        {"FEAT", "211-Features:\r\n PASV\r\n SIZE\r\n UTF8\r\n211 End\r\n"},
                        {"AUTH", "530 Please login with USER and PASS.\r\n"},
                        {"OPTS", "200 Always in UTF8 mode.\r\n"},
                        {"NOOP", "200 NOOP ok.\r\n"},
                        {"QUIT", "221 Goodbye.\r\n", true}};
// RFC 5321. Nothing is relayed and nothing is taken in.
constexpr Row kSmtp[] = {{"HELO", "250 OK\r\n"},
                         {"EHLO", "250-PIPELINING\r\n250-SIZE 10240000\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME\r\n"},
                         {"AUTH", "535 5.7.8 Error: authentication failed\r\n"},
                         {"MAIL", "250 2.1.0 Ok\r\n"},
                         {"RCPT", "554 5.7.1 Relay access denied\r\n"},
                         {"DATA", "554 5.5.1 Error: no valid recipients\r\n"},
                         {"RSET", "250 2.0.0 Ok\r\n"},
                         {"NOOP", "250 2.0.0 Ok\r\n"},
                         {"VRFY", "252 2.0.0 Ok\r\n"},
                         {"QUIT", "221 2.0.0 Bye\r\n", true}};
// RFC 1939.
constexpr Row kPop3[] = {{"USER", "+OK\r\n"},
                         {"PASS", "-ERR [AUTH] Authentication failed.\r\n"},
                         {"CAPA", "+OK\r\nUSER\r\nTOP\r\nUIDL\r\n.\r\n"},
                         {"AUTH", "-ERR Unknown authentication mechanism.\r\n"},
                         {"QUIT", "+OK Bye\r\n", true}};
// RFC 3501.
constexpr Row kImap[] = {{"CAPABILITY", "OK Capability completed.\r\n"},
                         {"LOGIN", "NO [AUTHENTICATIONFAILED] Authentication failed.\r\n"},
                         {"AUTHENTICATE", "NO Unsupported authentication mechanism.\r\n"},
                         {"NOOP", "OK NOOP completed.\r\n"},
                         {"LOGOUT", "OK Logout completed.\r\n", true}};

constexpr Protocol kFtpProtocol{"220 ", " FTP server ready.\r\n", kFtp, "530 Please login with USER and PASS.\r\n"};
constexpr Protocol kSmtpProtocol{"220 ", " ESMTP\r\n", kSmtp, "502 5.5.2 Error: command not recognized\r\n"};
constexpr Protocol kPop3Protocol{"+OK ", " POP3 server ready\r\n", kPop3, "-ERR Unknown command.\r\n"};
constexpr Protocol kImapProtocol{"* OK [CAPABILITY IMAP4rev1] ", " ready.\r\n", kImap, "BAD Error in IMAP command.\r\n", true};

class LineServer : public Dialogue {
 public:
  LineServer(const Opening& opening, const Protocol& protocol) : persona_(opening.persona), protocol_(protocol), lines_(kLongestLine) {}

  void opened(Answer& answer) override {
    constexpr std::string_view kHosts[] = {"mail", "server", "nas", "localhost", "ns1", "gateway", "srv01", "office"};
    answer.send(protocol_.greeting_before);
    answer.send(persona_.pick("host name", kHosts));
    answer.send(protocol_.greeting_behind);
  }

  void received(std::string_view bytes, Answer& answer) override {
    while (!answer.closed() && lines_.take(bytes)) {
      if (++said_ > kMostLines) return answer.close();
      answer_line(lines_.line(), answer);
    }
  }

 private:
  void answer_line(std::string_view line, Answer& answer) const {
    if (protocol_.tagged) {
      const std::string_view tag = line.substr(0, line.find(' '));
      line.remove_prefix(std::min(line.size(), tag.size() + 1));
      // A tag is a short word (RFC 3501, 2.2.1); anything else is not said again.
      const bool fit = !tag.empty() && tag.size() <= 16 &&
                       tag.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.") == tag.npos;
      answer.send(fit ? tag : "*");
      answer.send(' ');
    }
    const std::string_view command = line.substr(0, line.find(' '));
    for (const Row& row : protocol_.rows) {
      if (!equal_in_any_case(command, row.command)) continue;
      answer.send(row.answer);
      if (row.close) answer.close();
      return;
    }
    answer.send(protocol_.unknown);
  }

  Persona persona_;
  const Protocol& protocol_;
  LineReader lines_;
  int said_ = 0;
};

}  // namespace

std::unique_ptr<Dialogue> make_ftp(const Opening& opening) { return std::make_unique<LineServer>(opening, kFtpProtocol); }
std::unique_ptr<Dialogue> make_smtp(const Opening& opening) { return std::make_unique<LineServer>(opening, kSmtpProtocol); }
std::unique_ptr<Dialogue> make_pop3(const Opening& opening) { return std::make_unique<LineServer>(opening, kPop3Protocol); }
std::unique_ptr<Dialogue> make_imap(const Opening& opening) { return std::make_unique<LineServer>(opening, kImapProtocol); }

}  // namespace nightjar
