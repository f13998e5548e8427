set(conversation_sources stub_conversations.cpp)
set(conversation_headers)
