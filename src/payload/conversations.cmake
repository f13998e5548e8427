set(conversation_sources conversations.cpp open_conversation.cpp recent_syns.cpp tcp_stream.cpp)
set(conversation_headers conversations.hpp open_conversation.hpp recent_syns.hpp tcp_stream.hpp)
