#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "payload/shell.hpp"

namespace nightjar {

/// What would fetch. Never stored as a number.
enum class DownloadTool : std::uint8_t {
  wget,
  curl,
  tftp,
  ftpget,
  ftp,
  netcat,
  dev_tcp,
  lwp_download,
  fetch,  ///< fetch of FreeBSD, aria2c, axel, lynx
  powershell,
  certutil,
  bitsadmin,
  script,  ///< a line of Python, Perl, PHP, Ruby, or a program of Windows that runs what an address holds
  jndi     ///< `${jndi:ldap://...}`: a lookup that loads a class
};
std::string_view name_of(DownloadTool tool);

/// Something that commands would load.
struct Download {
  std::string url;         ///< normalised (malware_url.hpp); of netcat and /dev/tcp tcp://HOST:PORT (or udp), of tftp tftp://HOST/FILE
  std::string written;     ///< the address, or the host, as the command has it
  std::string local_name;  ///< the file it would be written to, as written; empty: to a pipe, or not known
  std::string_view architecture;  ///< processor, from the file's name (malware_names.hpp); empty: not told
  std::string_view family;        ///< from the names; malware_urls() also takes a payload's `/bin/busybox TOKEN`; empty: not told
  DownloadTool tool = DownloadTool::wget;
  bool cut = false;    ///< the text ended within the address: `url` is only how it begins
  std::size_t at = 0;  ///< where its command begins in the text
};

/// What the commands would load, in their order, each address once. At most `most`.
inline constexpr std::size_t kMostDownloads = 64;
std::vector<Download> downloads(std::span<const ShellCommand> commands, std::size_t most = kMostDownloads);

/// Addresses with a written scheme (http, https, ftp) anywhere in a text that is no shell's: a line of PowerShell or Python.
void add_urls_of_code(std::string_view text, bool open, DownloadTool tool, std::vector<Download>& found);

/// Adds `download` unless its address is there; fills in architecture and family.
void add_download(Download download, std::vector<Download>& found);

}  // namespace nightjar
