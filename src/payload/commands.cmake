set(command_sources stub_commands.cpp)
set(command_headers)
