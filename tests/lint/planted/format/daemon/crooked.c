/* Part of nothing: what `lint format` must find. */
int  crooked( void );
