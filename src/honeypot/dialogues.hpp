#pragma once
#include <memory>

#include "honeypot/dialogue.hpp"

namespace nightjar {

// How each dialogue is begun, for the table of services.cpp; what each does is told in the file of its name.
std::unique_ptr<Dialogue> make_adb(const Opening& opening);
std::unique_ptr<Dialogue> make_ftp(const Opening& opening);
std::unique_ptr<Dialogue> make_generic(const Opening& opening);
std::unique_ptr<Dialogue> make_http(const Opening& opening);
std::unique_ptr<Dialogue> make_imap(const Opening& opening);
std::unique_ptr<Dialogue> make_memcached(const Opening& opening);
std::unique_ptr<Dialogue> make_mysql(const Opening& opening);
std::unique_ptr<Dialogue> make_pop3(const Opening& opening);
std::unique_ptr<Dialogue> make_rdp(const Opening& opening);
std::unique_ptr<Dialogue> make_redis(const Opening& opening);
std::unique_ptr<Dialogue> make_smb(const Opening& opening);
std::unique_ptr<Dialogue> make_smtp(const Opening& opening);
std::unique_ptr<Dialogue> make_ssh(const Opening& opening);
std::unique_ptr<Dialogue> make_telnet(const Opening& opening);
std::unique_ptr<Dialogue> make_tls(const Opening& opening);
std::unique_ptr<Dialogue> make_vnc(const Opening& opening);

}  // namespace nightjar
