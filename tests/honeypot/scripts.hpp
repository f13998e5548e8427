#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "payload/seed_payloads.hpp"
#include "support/packet_builder.hpp"

namespace nightjar::test {

/// All that a client says to a port, in one piece.
struct Script {
  std::string name;
  std::uint16_t port;
  std::string said;
};

inline std::string from_hex(std::string_view digits) {
  const ByteVector bytes = hex(digits);
  return {bytes.begin(), bytes.end()};
}

/// A message of SMB 1 by hand (MS-CIFS 2.2.3.1), with NetBIOS' length before it.
inline std::string smb_message(std::uint8_t command, std::string_view words_hex, const std::string& bytes, std::uint16_t flags2 = 0xc001,
                               std::uint16_t multiplex = 0x0040) {
  const std::string words = from_hex(words_hex);
  std::string message = "\xffSMB";
  message += static_cast<char>(command);
  message += from_hex("00000000 18");
  message += {static_cast<char>(flags2), static_cast<char>(flags2 >> 8)};
  message += from_hex("0000 0000000000000000 0000 0008 fffe 0008");
  message += {static_cast<char>(multiplex), static_cast<char>(multiplex >> 8)};
  message += static_cast<char>(words.size() / 2);
  message += words;
  message += {static_cast<char>(bytes.size()), static_cast<char>(bytes.size() >> 8)};
  message += bytes;
  return std::string{0, 0, static_cast<char>(message.size() >> 8), static_cast<char>(message.size())} + message;
}
inline std::string smb_negotiate(std::uint16_t flags2 = 0xc001) {
  return smb_message(0x72, "", std::string("\x02PC NETWORK PROGRAM 1.0\0\x02LANMAN1.0\0\x02NT LM 0.12\0", 47), flags2);
}
/// Thirteen parameters: no user, no password.
inline std::string smb_session_setup() {
  return smb_message(0x73, "ff00 0000 0411 0a00 0000 00000000 0000 0000 00000000 d4000000", std::string(21, '\0'));
}
inline std::string smb_tree_connect() {
  const std::string path = from_hex("00 5c005c00310030002e0030002e0030002e00310030005c004900500043002400 0000") + std::string("?????\0", 6);
  return smb_message(0x75, "ff00 0000 0800 0100", path);
}
/// PeekNamedPipe as those send it who look for MS17-010.
inline std::string smb_peek() {
  return smb_message(0x25, "0000 0000 ffff ffff 0000 0000 00000000 0000 0000 4a00 0000 4a00 0200 2300 0000", std::string("\\PIPE\\\0", 7),
                     0x2801);
}
/// SESSION_SETUP of TRANS2: DoublePulsar's ping.
inline std::string smb_ping() {
  return smb_message(0x32, "0c00 0000 0100 0000 0000 0000 25891a00 0000 0c00 4200 0000 4e00 0100 0e00", std::string(13, '\0'), 0xc007,
                     0x0041);
}

/// A message of the Android debug bridge (AOSP, adb/protocol.txt).
inline std::string adb_message(std::string_view command, std::uint32_t first, std::uint32_t second, const std::string& bytes) {
  std::uint32_t sum = 0, number = 0;
  for (const char c : bytes) sum += static_cast<std::uint8_t>(c);
  for (int i = 3; i >= 0; --i) number = number << 8 | static_cast<std::uint8_t>(command[static_cast<std::size_t>(i)]);
  std::string message;
  for (const std::uint32_t value : {number, first, second, static_cast<std::uint32_t>(bytes.size()), sum, number ^ 0xffffffff})
    for (int shift = 0; shift < 32; shift += 8) message += static_cast<char>(value >> shift);
  return message + bytes;
}

/// One of each kind, and of each way to be wrong that bots are known for.
inline std::vector<Script> scripts() {
  const std::string zero(1, '\0');
  return {
      {"telnet of a bot", 23, from_hex("fffb1f fffa1f00500018fff0") + "root\r\nxc3511\r\nenable\r\nshell\r\nsh\r\n/bin/busybox MIRAI\r\n"},
      {"telnet of a person", 2323, "admin\r" + zero + "adm\x7fmin\r" + zero + "cat /proc/mounts\r" + zero + "exit\r" + zero},
      {"telnet of the environment", 23,
       from_hex("fffb27 fffa270000555345520"
                "12d6620726f6f74fff0") +
           "id\n"},
      {"http on telnet's port", 23, "GET / HTTP/1.0\r\n\r\n"},
      {"ssh", 22, "SSH-2.0-Go\r\n" + from_hex("0000002c 06 14 000102030405060708090a0b0c0d0e0f") + std::string(27, '\0')},
      {"http, two requests", 80, "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /x HTTP/1.1\r\nConnection: close\r\n\r\n"},
      {"http, chunks", 8080, "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\nGET / HTTP/1.0\r\n\r\n"},
      {"http, asks first", 80, "POST /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc"},
      {"http, announced too short", 37215, "POST /ctrlt/DeviceUpgrade_1 HTTP/1.1\r\nContent-Length: 4\r\n\r\n" + kFigure9},
      {"http, announced too long", 52869, "POST /picsdesc.xml HTTP/1.1\r\nContent-Length: 6370\r\n\r\n" + kFigure9},
      {"figure 7", 52869, kFigure7},
      {"figure 9", 37215, kFigure9},
      {"smb", 445, smb_negotiate() + smb_session_setup() + smb_tree_connect() + smb_peek() + smb_ping()},
      {"smb with tokens", 445, smb_negotiate(0xc801)},
      {"adb", 5555,
       adb_message("CNXN", 0x01000000, 0x00100000, "host::" + zero) + adb_message("OPEN", 9, 0, "shell:cd /data/local/tmp; id" + zero)},
      {"redis", 6379, "*1\r\n$4\r\nPING\r\n*3\r\n$6\r\nCONFIG\r\n$3\r\nGET\r\n$3\r\ndir\r\nINFO\r\nSET a b\r\n"},
      {"memcached", 11211, "set a 0 0 5\r\nhello\r\nget a\r\nstats\r\nversion\r\n"},
      {"ftp", 21, "USER a\r\nPASS b\r\nQUIT\r\n"},
      {"smtp", 25, "EHLO a\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\nQUIT\r\n"},
      {"pop3", 110, "USER a\r\nPASS b\r\nQUIT\r\n"},
      {"imap", 143, "a1 LOGIN a b\r\na2 LOGOUT\r\n"},
      {"vnc", 5900, "RFB 003.008\n\x02" + std::string(16, 'x')},
      {"mysql", 3306, from_hex("05000001 85a6ff01 00")},
      {"rdp", 3389, from_hex("0300002b 26e00000 000000") + "Cookie: mstshash=hello\r\n" + from_hex("0100080003000000")},
      {"tls", 4433, from_hex("16030100 05 01 00000100")},
      {"text to nobody", 4'000, "hello\r\n"},
      {"bytes to nobody", 4'000, from_hex("0001020304")},
      {"modbus", 502, from_hex("000000000005012b0e0100")},
      {"adb elsewhere", 7'000, adb_message("CNXN", 0x01000000, 0x00100000, "host::" + zero)},
  };
}

}  // namespace nightjar::test
