#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "honeypot/persona.hpp"

namespace nightjar {

/// Processors that malware is built for.
enum class Processor : std::uint8_t { arm, mips, mipsel };

/// The small Linux machine behind telnet and the debug bridge, as its shell shows it. All of it out of the persona.
struct Device {
  Processor processor;
  bool android;
  std::string host, kernel, busybox, hardware;
  std::uint32_t memory_kib;
  std::uint32_t started;  ///< seconds that it has been up, at 1970: added to the time of day, modulo some weeks

  Device(const Persona& persona, bool android);
  std::string_view machine() const;  ///< as `uname -m` has it
};

/// The front of an executable of BusyBox for that processor: an ELF header that says so, one program header, and bytes of no meaning.
/// Neither line feeds nor 255 are in it, so that it comes unchanged through a terminal and through telnet.
std::string elf_image(const Persona& persona, Processor processor);

/// What `cat PATH` shows of the files that intruders ask for; empty where there is no such file.
std::string file_content(const Device& device, const Persona& persona, std::string_view path);
/// Whether a new file can be made there, by the mounts that /proc/mounts shows.
bool is_writable(const Device& device, std::string_view path);
/// `ps` without its header.
std::string process_list(const Device& device, const Persona& persona);

}  // namespace nightjar
