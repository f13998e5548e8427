set(command_sources shell.cpp shell_lexer.cpp shell_expansion.cpp shell_program.cpp shell_output.cpp
  malware_url.cpp malware_names.cpp download_options.cpp downloads.cpp decoded_text.cpp payload_pieces.cpp jndi.cpp
  malware_urls.cpp injected_commands.cpp
  telnet_text.cpp server_prompt.cpp telnet_dialogue.cpp plain_logins.cpp typed.cpp stored_text.cpp)
set(command_headers shell.hpp shell_lexer.hpp shell_reader.hpp shell_output.hpp malware_url.hpp malware_names.hpp download_options.hpp
  downloads.hpp decoded_text.hpp payload_pieces.hpp jndi.hpp malware_urls.hpp
  telnet_text.hpp server_prompt.hpp telnet_dialogue.hpp plain_logins.hpp typed.hpp stored_text.hpp)
