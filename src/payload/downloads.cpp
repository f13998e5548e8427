#include "payload/downloads.hpp"

#include <algorithm>
#include <array>

#include "payload/download_options.hpp"
#include "payload/malware_names.hpp"
#include "payload/malware_url.hpp"
#include "payload/shell_output.hpp"

namespace nightjar {
namespace {

constexpr auto npos = std::string_view::npos;
using Arguments = std::span<const ShellWord>;

/// A command that is being asked what it would load.
struct Asked {
  const ShellCommand& command;
  Arguments arguments;
  DownloadTool tool;
  std::vector<Download>& found;
};

/// The file that `>` sends a command's output to.
std::string output_file(const ShellCommand& command) {
  for (const ShellRedirection& redirection : command.redirections)
    if (redirection.output && !redirection.target.cut && redirection.target.text.find_first_not_of("0123456789-") != npos)
      return redirection.target.text;
  return {};
}

std::string local_or_output(const ShellWord* file, const ShellCommand& command, const std::string& otherwise) {
  if (file && file->text != "-") return file->cut ? std::string() : file->text;
  if (!file && !otherwise.empty()) return otherwise;
  return output_file(command);
}

/// An address that stands as a word. `remote_name`: without a file of its own it is written to one with the address' name.
void add_url(const Asked& asked, const ShellWord& word, std::string_view scheme, const ShellWord* file, bool remote_name) {
  Download download;
  download.cut = word.cut;
  auto url = normalised_url(word.text, scheme, download.cut);
  if (!url) return;
  download.url = std::move(*url);
  download.written = word.text;
  download.local_name = local_or_output(file, asked.command, remote_name ? std::string(file_of_url(download.url)) : "");
  download.tool = asked.tool;
  download.at = asked.command.at;
  add_download(std::move(download), asked.found);
}

/// An address put together of a host (perhaps with a scheme), a port and a file; each may be missing where the command is cut off.
void add_parts(const Asked& asked, std::string_view scheme, const ShellWord& host, const ShellWord* port, const ShellWord* remote,
               std::string local) {
  Download download;
  download.cut = host.cut || (port && port->cut) || (remote && remote->cut) || (!remote && asked.command.cut);
  if (!remote && !download.cut) return;
  std::string written = host.text;
  while (written.ends_with('/')) written.pop_back();
  if (written.find("://") == npos) written = std::string(scheme) + "://" + written;
  if (port) written += ":" + port->text;
  const bool host_known = !host.cut && !(port && port->cut);
  if (host_known) {
    if (!remote || !remote->text.starts_with('/')) written += '/';
    if (remote) written += remote->text;
  }
  auto url = normalised_url(written, {}, download.cut);
  if (!url) return;
  download.url = std::move(*url);
  download.written = host.text;
  download.local_name = std::move(local);
  download.tool = asked.tool;
  download.at = asked.command.at;
  add_download(std::move(download), asked.found);
}

bool is_number(const ShellWord& word) { return !word.text.empty() && word.text.find_first_not_of("0123456789") == npos; }

/// A last part of a path, for a remote file without a local name.
std::string local_of(const ShellWord* local, const ShellWord* remote) {
  if (local) return local->cut || local->text == "-" ? std::string() : local->text;
  return remote && !remote->cut ? std::string(base_name(remote->text)) : std::string();
}

// GNU wget's and BusyBox' options. With -g (a wget of Huawei's devices) -l and -r name files and the operand is a host.
void ask_wget(const Asked& asked) {
  const bool get = std::any_of(asked.arguments.begin(), asked.arguments.end(), [](const ShellWord& word) { return word.text == "-g"; });
  if (get) {
    const DownloadOptions options(asked.arguments, "lrP", "");
    const ShellWord* remote = options.value('r');
    if (!options.operands().empty())
      add_parts(asked, "http", *options.operands().front(), options.value('P'), remote, local_of(options.value('l'), remote));
    return;
  }
  const DownloadOptions options(asked.arguments, "OoaPTtUeiQBARDIXlwY",
                                "output-document output-file append-output directory-prefix timeout tries user-agent header post-data "
                                "post-file execute input-file user password bind-address referer limit-rate wait dns-timeout "
                                "connect-timeout read-timeout http-user http-password method body-data accept reject level ca-certificate");
  const ShellWord* file = options.value('O') ? options.value('O') : options.value("output-document");
  for (const ShellWord* url : options.operands()) add_url(asked, *url, "http", file, true);
}

void ask_curl(const Asked& asked) {
  const DownloadOptions options(asked.arguments, "AbcCdDeEFHKmoPQrTtuUwxXyYz",
                                "output user-agent header data data-binary data-raw data-urlencode max-time connect-timeout proxy socks5 "
                                "user request cookie cookie-jar referer retry retry-delay retry-max-time interface resolve form "
                                "upload-file range write-out url cacert cert key limit-rate output-dir doh-url max-redirs");
  const ShellWord* file = options.value('o') ? options.value('o') : options.value("output");
  const bool remote_name = options.has('O') || std::any_of(asked.arguments.begin(), asked.arguments.end(),
                                                           [](const ShellWord& word) { return word.text == "--remote-name"; });
  for (const ShellWord* url : options.operands()) add_url(asked, *url, "http", file, remote_name);
  if (const ShellWord* url = options.value("url")) add_url(asked, *url, "http", file, remote_name);
}

// BusyBox: -g -l LOCAL -r REMOTE HOST [PORT]; tftp-hpa: HOST [PORT] -c get REMOTE [LOCAL]; Windows: -i HOST get REMOTE [LOCAL].
void ask_tftp(const Asked& asked) {
  const DownloadOptions options(asked.arguments, "lrbm", "");
  const auto& operands = options.operands();
  const auto is_get = [](const ShellWord* word) { return word->text == "get" || word->text == "GET"; };
  const auto get = std::find_if(operands.begin(), operands.end(), is_get);
  if (get != operands.end()) {
    const ShellWord* remote = get + 1 < operands.end() ? get[1] : nullptr;
    const ShellWord* local = get + 2 < operands.end() ? get[2] : nullptr;
    if (get == operands.begin()) return;
    const ShellWord* port = get - operands.begin() > 1 && is_number(*operands[1]) ? operands[1] : nullptr;
    return add_parts(asked, "tftp", *operands.front(), port, remote, local_of(local, remote));
  }
  if (operands.empty() || options.has('p')) return;
  const ShellWord* remote = options.value('r');
  const ShellWord* local = options.value('l');
  if (!remote && !asked.command.cut) remote = local;
  const ShellWord* port = operands.size() > 1 && is_number(*operands[1]) ? operands[1] : nullptr;
  add_parts(asked, "tftp", *operands.front(), port, remote, local_of(local, remote));
}

// BusyBox: ftpget -u USER -p PASSWORD -P PORT HOST [LOCAL] REMOTE.
void ask_ftpget(const Asked& asked) {
  const DownloadOptions options(asked.arguments, "upP", "username password port");
  const auto& operands = options.operands();
  if (operands.empty()) return;
  if (operands[0]->text.find("://") != npos) return add_url(asked, *operands[0], {}, operands.size() > 1 ? operands[1] : nullptr, true);
  // Cut off behind two operands nobody knows whether the second is the local or the remote name.
  const ShellWord* remote = operands.size() > 2 ? operands[2] : operands.size() == 2 && !asked.command.cut ? operands[1] : nullptr;
  const ShellWord* local = operands.size() > 1 ? operands[1] : nullptr;
  add_parts(asked, "ftp", *operands[0], options.value('P') ? options.value('P') : options.value("port"), remote, local_of(local, remote));
}

void ask_netcat(const Asked& asked) {
  const DownloadOptions options(asked.arguments, "ecipqswTXxIOG", "");
  const auto& operands = options.operands();
  if (operands.empty() || options.has('l')) return;  // it listens
  const ShellWord* port = operands.size() > 1 ? operands[1] : nullptr;
  if ((port && !is_number(*port)) || (!port && !asked.command.cut)) return;
  constexpr std::size_t kShortestNumber = 8;  // of an address as one number
  if (is_number(*operands[0]) && operands[0]->text.size() < kShortestNumber) return;
  Download download;
  download.cut = operands[0]->cut || !port || port->cut;
  auto url =
      normalised_url((options.has('u') ? "udp://" : "tcp://") + operands[0]->text + (port ? ":" + port->text : ""), {}, download.cut);
  if (!url) return;
  download.url = std::move(*url);
  download.written = operands[0]->text;
  download.local_name = output_file(asked.command);
  download.tool = asked.tool;
  download.at = asked.command.at;
  add_download(std::move(download), asked.found);
}

/// Programs that take addresses among their operands.
void ask_for_urls(const Asked& asked) {
  const DownloadOptions options(asked.arguments, "ooTtUw", "output out dir");
  const auto& operands = options.operands();
  const ShellWord* file = options.value('o');
  // "fetch" is an English word too.
  if (asked.tool == DownloadTool::fetch && !operands.empty() && operands[0]->text.find(":/") == npos) return;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (operands[i]->text.find(":/") == npos) continue;
    const ShellWord* next = i + 1 < operands.size() && operands[i + 1]->text.find(":/") == npos ? operands[i + 1] : nullptr;
    add_url(asked, *operands[i], {}, file ? file : next, true);
  }
}

/// Programs that are told what to load by code in their arguments.
void ask_code(const Asked& asked) {
  std::string text;
  bool open = false;
  for (const ShellWord& word : asked.arguments) {
    text += word.text + " ";
    open = word.cut;
  }
  if (open) text.pop_back();
  const std::size_t before = asked.found.size();
  if (asked.tool == DownloadTool::powershell) {
    // -EncodedCommand and what is short for it: UTF-16 in Base64.
    for (std::size_t i = 0; i + 1 < asked.arguments.size(); ++i) {
      const std::string& option = asked.arguments[i].text;
      if (option.size() < 2 || option[0] != '-' || (option[1] != 'e' && option[1] != 'E')) continue;
      std::string script;
      for (const char c : decode_base64(asked.arguments[i + 1].text))
        if (c != '\0') script += c;
      add_urls_of_code(script, asked.arguments[i + 1].cut, asked.tool, asked.found);
    }
  }
  add_urls_of_code(text, open, asked.tool, asked.found);
  for (std::size_t i = before; i < asked.found.size(); ++i) asked.found[i].at = asked.command.at;
}

struct Tool {
  std::string_view program;
  DownloadTool tool;
  void (*ask)(const Asked& asked);
};
constexpr std::array kTools = {
    Tool{"wget", DownloadTool::wget, ask_wget},
    Tool{"curl", DownloadTool::curl, ask_curl},
    Tool{"tftp", DownloadTool::tftp, ask_tftp},
    Tool{"ftpget", DownloadTool::ftpget, ask_ftpget},
    Tool{"ftp", DownloadTool::ftp, ask_for_urls},
    Tool{"nc", DownloadTool::netcat, ask_netcat},
    Tool{"netcat", DownloadTool::netcat, ask_netcat},
    Tool{"ncat", DownloadTool::netcat, ask_netcat},
    Tool{"lwp-download", DownloadTool::lwp_download, ask_for_urls},
    Tool{"fetch", DownloadTool::fetch, ask_for_urls},
    Tool{"aria2c", DownloadTool::fetch, ask_for_urls},
    Tool{"axel", DownloadTool::fetch, ask_for_urls},
    Tool{"lynx", DownloadTool::fetch, ask_for_urls},
    Tool{"certutil", DownloadTool::certutil, ask_for_urls},
    Tool{"bitsadmin", DownloadTool::bitsadmin, ask_for_urls},
    Tool{"powershell", DownloadTool::powershell, ask_code},
    Tool{"pwsh", DownloadTool::powershell, ask_code},
    Tool{"python", DownloadTool::script, ask_code},
    Tool{"python2", DownloadTool::script, ask_code},
    Tool{"python3", DownloadTool::script, ask_code},
    Tool{"perl", DownloadTool::script, ask_code},
    Tool{"php", DownloadTool::script, ask_code},
    Tool{"ruby", DownloadTool::script, ask_code},
    Tool{"mshta", DownloadTool::script, ask_code},
    Tool{"regsvr32", DownloadTool::script, ask_code},
    Tool{"msiexec", DownloadTool::script, ask_code},
};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// "PowerShell.exe" is powershell: Windows does not mind.
std::string program_name(std::string_view path) {
  path = path.substr(0, 256);
  if (const std::size_t backslash = path.rfind('\\'); backslash != npos) path = path.substr(backslash + 1);
  std::string name(base_name(path));
  if (name.size() > 4 && name[name.size() - 4] == '.') {
    std::transform(name.begin(), name.end(), name.begin(), lower);
    if (name.ends_with(".exe")) name.resize(name.size() - 4);
  }
  return name;
}

const Tool* find_tool(std::string_view path) {
  const std::string name = program_name(path);
  for (const Tool& tool : kTools) {
    const bool windows =
        tool.tool == DownloadTool::powershell || tool.tool == DownloadTool::certutil || tool.tool == DownloadTool::bitsadmin;
    if (name.size() == tool.program.size() &&
        std::equal(name.begin(), name.end(), tool.program.begin(), [&](char a, char b) { return (windows ? lower(a) : a) == b; }))
      return &tool;
  }
  return nullptr;
}

/// `/dev/tcp/HOST/PORT` in a word or behind a redirection.
void add_dev_tcp(const ShellWord& word, const ShellCommand& command, std::vector<Download>& found) {
  for (const std::string_view protocol : {"tcp", "udp"}) {
    const std::string name = "/dev/" + std::string(protocol) + "/";
    const std::size_t at = word.text.find(name);
    if (at == npos) continue;
    const std::string_view rest = std::string_view(word.text).substr(at + name.size());
    const std::size_t slash = rest.find('/');
    const std::string_view host = rest.substr(0, slash);
    std::string_view port = slash == npos ? std::string_view{} : rest.substr(slash + 1);
    const std::size_t port_end = std::min(port.find_first_not_of("0123456789"), port.size());
    Download download;
    download.cut = word.cut && port_end == port.size();
    port = port.substr(0, port_end);
    if (port.empty() && !download.cut) continue;
    auto url =
        normalised_url(std::string(protocol) + "://" + std::string(host) + (port.empty() ? "" : ":" + std::string(port)), {}, download.cut);
    if (!url) continue;
    download.url = std::move(*url);
    download.written = host;
    download.tool = DownloadTool::dev_tcp;
    download.at = command.at;
    add_download(std::move(download), found);
  }
}

}  // namespace

std::string_view name_of(DownloadTool tool) {
  constexpr std::array<std::string_view, 14> kNames = {"wget",         "curl",  "tftp",       "ftpget",   "ftp",       "nc",     "/dev/tcp",
                                                       "lwp-download", "fetch", "powershell", "certutil", "bitsadmin", "script", "jndi"};
  return kNames[static_cast<std::size_t>(tool)];
}

void add_download(Download download, std::vector<Download>& found) {
  const bool known = std::any_of(found.begin(), found.end(), [&](const Download& other) {
    return other.url == download.url && (other.cut == download.cut || !other.cut);
  });
  if (known) return;
  if (download.architecture.empty() && !download.cut) download.architecture = architecture_in(file_of_url(download.url));
  if (download.architecture.empty()) download.architecture = architecture_in(base_name(download.local_name));
  if (download.family.empty()) download.family = family_in(download.url);
  if (download.family.empty()) download.family = family_in(download.local_name);
  found.push_back(std::move(download));
}

void add_urls_of_code(std::string_view text, bool open, DownloadTool tool, std::vector<Download>& found) {
  for (std::size_t at = 0; at < text.size() && found.size() < kMostDownloads;) {
    const std::size_t colon = text.find(":/", at);
    if (colon == npos) return;
    at = colon + 2;
    std::size_t begin = colon;
    while (begin > 0 && colon - begin < 5 && ((lower(text[begin - 1]) >= 'a' && lower(text[begin - 1]) <= 'z'))) --begin;
    std::string scheme(text.substr(begin, colon - begin));
    std::transform(scheme.begin(), scheme.end(), scheme.begin(), lower);
    if (scheme != "http" && scheme != "https" && scheme != "ftp") continue;
    const std::size_t end = std::min(text.find_first_of(" \t\r\n\"'`<>),;|}", begin), text.size());
    Download download;
    download.cut = open && end == text.size();
    auto url = normalised_url(text.substr(begin, end - begin), {}, download.cut);
    at = end;
    if (!url) continue;
    download.url = std::move(*url);
    download.written = text.substr(begin, end - begin);
    download.tool = tool;
    // DownloadFile('address','file')
    const std::size_t next = text.find_first_not_of("'\" ", end);
    if (next != npos && text[next] == ',') {
      const std::size_t name = text.find_first_not_of("'\" ", next + 1);
      const std::size_t name_end = name == npos ? npos : text.find_first_of("'\")", name);
      if (name_end != npos) download.local_name = text.substr(name, name_end - name);
    }
    add_download(std::move(download), found);
  }
}

std::vector<Download> downloads(std::span<const ShellCommand> commands, std::size_t most) {
  std::vector<Download> found;
  for (const ShellCommand& command : commands) {
    if (found.size() >= most) break;
    const auto words = program_words(command);
    if (!words.empty()) {
      if (const Tool* tool = find_tool(words[0].text)) tool->ask({command, words.subspan(1), tool->tool, found});
    }
    for (const ShellWord& word : command.words) add_dev_tcp(word, command, found);
    for (const ShellRedirection& redirection : command.redirections) add_dev_tcp(redirection.target, command, found);
  }
  if (found.size() > most) found.resize(most);
  return found;
}

}  // namespace nightjar
